import type { ActivityKey } from '../activity/activity-key.ts';
import type { RecordOutcome } from '../activity/outcome.ts';
import type { StoredActivity } from '../activity/stored-activity.ts';
import type { UserActivity } from '../activity/user-activity.ts';
import type { LogPosition } from '../log/log-position.ts';
import type { ActivityFilter } from '../query/activity-filter.ts';
import type { ActivityPage, ActivityQuery } from '../query/activity-query.ts';
import type { KeyField } from '../query/stats-query.ts';
import type { KeyCount } from '../query/time-lines.ts';
import type { SlotCount, TimeSlots } from '../query/time-slots.ts';

/** The store can never hold this activity, so retrying does not help. The other activities of the call are not affected. */
export interface Refused {
  /** The reason, for people. It may name a field, but never contains a value. */
  readonly refused: string;
}

/** The outcome of saving one activity; see `recordOutcomes`. */
export type SaveOutcome = Exclude<RecordOutcome, 'dead_lettered'> | Refused;

/**
 * Stores activities and finds them.
 *  R1  Durable     once `save` resolves, a new handle on the same store finds the stored activities.
 *  R2  Idempotent  saving the same fact under the same id again is `redelivered` or `duplicate`, and the stored activity stays unchanged. Two
 *                  facts are the same if user, type, metadata (without the member `original`) and createdAt are equal. createdAt is not
 *                  compared if it equals receivedAt in one of them: then its client sent no createdAt.
 *  R3  Guarded     saving a different fact under the same id is a `conflict`, and the stored activity stays unchanged.
 *  R4  Aligned     outcome i belongs to activity i. If several activities of a batch have the same id, the first one is saved first.
 *  R5  Racing      exactly one of N concurrent saves of one id is `stored`.
 *  R6  Faithful    every value comes back equal, metadata deep-equal, whatever its keys are.
 *  R7  Filtered    `find` returns exactly the activities that match the filter: they have one of its users, one of its types, and a createdAt
 *                  in its range of time (`from` is included, `to` is not). A part that the filter leaves empty matches everything.
 *  R8  Ordered     `find` sorts by (createdAt, id), and ids bytewise. The order `asc` is the exact reverse of `desc`.
 *  R9  Paged       a page has at most `limit` activities, and fewer only at the end or because of R17. `hasMore` tells whether more
 *                  follow. The pages of a walk have no gaps and no repeats. A walk can begin after any position, also one without an activity.
 *  R10 Steady      a walk returns each matching activity that was stored before the walk exactly once, whatever is saved meanwhile.
 *  R11 Sole        `findById` returns the activity with that key, or undefined.
 *  R12 Honest      while the store is unreachable, every method rejects with STORE_UNAVAILABLE or STORE_TIMEOUT, and works again
 *                  afterwards. A failed save is safe to repeat. No driver error crosses the port.
 *  R13 Searched    metadata conditions match exactly as `MetadataCondition.matches` does, for any keys and values.
 *  R14 Counted     `count` returns the exact number of matching activities. Activities saved meanwhile may be counted or not.
 *  R15 Grouped     `countByKey` and `countBySlot` count exactly the activities that `find` would return. They return each key or slot that has
 *                  activities, once and in any order. Activities saved meanwhile may be counted or not; all others are counted exactly once.
 *                  They return 'too-many' exactly if there are more than `max` keys or slots, and never hold many more in memory.
 *                  Their work grows with the number of activities and zone offsets, not with the length of time.
 *  R16 Several     `findByIds` returns the activities with these ids, each once and in any order; unknown ids are left out.
 *  R17 Bounded     a page of `find` ends before the activity with which its JSON would exceed `maxPageBytes`, but has at least
 *                  one. At most one batch of the driver beyond that is read into memory.
 *  R18 Apart       an id is unique within its project. What is in one project is invisible from every other, for every method.
 *  R19 Located     a stored activity comes back with the origin that was passed to `save` for it, or without one: origin i belongs to
 *                activity i. If the activity is saved again, it keeps its origin, with two exceptions: it had none, or it is
 *                `redelivered` with an earlier origin on the same log and partition. Then it gets the new one.
 */
export interface ActivityRepository {
  /** Saves in the given order, one by one: a refused or conflicting activity does not stop the others. */
  save(
    activities: readonly UserActivity[],
    origins?: readonly LogPosition[],
  ): Promise<readonly SaveOutcome[]>;
  find(query: ActivityQuery): Promise<ActivityPage>;
  count(filter: ActivityFilter): Promise<number>;
  findById(key: ActivityKey): Promise<StoredActivity | undefined>;
  /** Accepts at most a few thousand keys, because memory holds all results. Sends one query, or none if there are no keys. */
  findByIds(keys: readonly ActivityKey[]): Promise<readonly StoredActivity[]>;
  countByKey(filter: ActivityFilter, field: KeyField, max: number): Promise<readonly KeyCount[] | 'too-many'>;
  countBySlot(
    filter: ActivityFilter,
    slots: TimeSlots,
    max: number,
  ): Promise<readonly SlotCount[] | 'too-many'>;
  /** Resolves if the store answers, otherwise rejects as in R12. */
  ping(): Promise<void>;
}
