import type { ActivityId } from '../activity/activity-id.ts';
import type { Timestamp } from '../activity/timestamp.ts';
import type { UserActivity } from '../activity/user-activity.ts';

/** The maximum number of entries. Each has some kilobytes at most. */
export const maxOutboxEntries = 1000;

/** The number of entries from which on only operators add more. So no key of a project can keep them from revoking it. */
export const maxOutboxEntriesOfProjects = 500;

/**
 * Keeps audit events until the log holds them. An entry is pending while its change is under way, and ready afterwards.
 *  O1 Kept       once `add` or `settle` resolves, a new handle has the entry, equal in every field.
 *  O2 Pending    `findReady` returns no pending entry whose due time has not come.
 *  O3 Settled    `settle` replaces a pending entry by the activity with the same id, makes it ready, and returns 'settled'. For
 *                any other entry, or none, it returns 'late' and changes nothing. So of concurrent calls for one entry one succeeds.
 *  O4 Due        `findReady` makes pending entries ready, unchanged, from their due time on. A ready entry never changes again.
 *  O5 Withdrawn  `withdraw` removes a pending entry. A ready one stays. Withdrawing what is gone is no error.
 *  O6 Ordered    `findReady` returns at most `limit` entries, sorted by (receivedAt, id), the oldest first.
 *  O7 Removed    `remove` removes exactly the entries with these ids. Removing what is gone is no error.
 *  O8 Limited    `add` adds no entry if there are `max` entries already, pending or ready: it returns 'full' and changes nothing. Each
 *                of concurrent calls may add one too many.
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
