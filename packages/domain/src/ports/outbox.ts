import type { ActivityId } from '../activity/activity-id.ts';
import type { Timestamp } from '../activity/timestamp.ts';
import type { UserActivity } from '../activity/user-activity.ts';

/** The maximum number of entries. Each has at most a few kilobytes. */
export const maxOutboxEntries = 1000;

/**
 * The maximum number of entries for callers with the key of a project. Only operators may add more, so that they can always revoke a key, even
 * if its owner fills the outbox.
 */
export const maxOutboxEntriesOfProjects = 500;

/**
 * Keeps audit events until they are on the log. An entry is added before the change that it describes. It is pending until the outcome of the
 * change is known, and then ready to be published.
 *  O1 Kept       once `add` or `settle` resolves, a new handle finds the entry, equal in every field.
 *  O2 Pending    `findReady` returns no pending entry before its due time.
 *  O3 Settled    `settle` replaces the pending entry with the same id, makes it ready, and returns 'settled'. If the entry is ready already or
 *                does not exist, it returns 'late' and changes nothing. So exactly one of concurrent calls for an entry succeeds.
 *  O4 Due        from the due time of a pending entry on, `findReady` makes it ready, unchanged. A ready entry never changes again.
 *  O5 Withdrawn  `withdraw` removes a pending entry. A ready entry stays. It is no error if the entry does not exist.
 *  O6 Ordered    `findReady` returns at most `limit` entries, sorted by (receivedAt, id), the oldest first.
 *  O7 Removed    `remove` removes exactly the entries with these ids. It is no error if an entry does not exist.
 *  O8 Limited    if there are `max` entries already, pending or ready, `add` returns 'full' and changes nothing. Concurrent calls may each add
 *                one entry too many.
 *  O9 Honest     while the store is unreachable, every method rejects with STORE_UNAVAILABLE or STORE_TIMEOUT, and works again
 *                afterwards. No driver error crosses the port.
 */
export interface Outbox {
  /** Adds a pending entry. Its id must be new. `max` is `maxOutboxEntries` or less. */
  add(activity: UserActivity, dueAt: Timestamp, max: number): Promise<'added' | 'full'>;
  settle(activity: UserActivity): Promise<'settled' | 'late'>;
  withdraw(id: ActivityId): Promise<void>;
  findReady(now: Timestamp, limit: number): Promise<readonly UserActivity[]>;
  remove(ids: readonly ActivityId[]): Promise<void>;
}
