import type { ActivityId } from '../activity/activity-id.ts';
import type { Comparison } from '../activity/comparison.ts';
import type { StoredActivity } from '../activity/stored-activity.ts';
import type { UserActivity } from '../activity/user-activity.ts';
import type { ActivityFilter } from '../query/activity-filter.ts';
import type { ActivityPage, ActivityQuery } from '../query/activity-query.ts';
import type { KeyField } from '../query/stats-query.ts';
import type { KeyCount } from '../query/time-lines.ts';
import type { SlotCount, TimeSlots } from '../query/time-slots.ts';

/** This store can't ever hold this activity's content. Waiting doesn't help, and the others are not concerned. */
export interface Refused {
  /** Why, in a sentence for a person; may name a field, never its value. */
  readonly refused: string;
}

/**
 * What became of an activity that was to be saved:
 *  - `stored`       it is there now, and was not before;
 *  - `redelivered`, `duplicate`, `conflict`  its id was taken; what the two are to each other (see `Comparison`);
 *  - `erased`       its user was erased after it was logged;
 *  - `Refused`      its content can't be stored.
 */
export type SaveOutcome = 'stored' | Comparison | 'erased' | Refused;

/**
 * Where activities rest.
 *  R1  Durable     once `save` resolves, a new handle on the same store finds what was stored.
 *  R2  Idempotent  same id and fact: `redelivered` or `duplicate`, and the first copy stays as it was. The same fact is the same
 *                  user, type and metadata (without its member `original`), and the same createdAt unless a copy has none of
 *                  its client's: createdAt is then receivedAt.
 *  R3  Guarded     same id, other fact: `conflict`, and the first copy stays as it was.
 *  R4  Aligned     outcome i belongs to activity i, also in a batch that repeats an id: the first of them comes first.
 *  R5  Racing      of N concurrent saves of one id exactly one is `stored`.
 *  R6  Faithful    every value comes back equal, metadata deep-equal, whatever its keys are called.
 *  R7  Filtered    `find` shows exactly what the filter lets through: OR within userIds and types, AND between, half-open time.
 *  R8  Ordered     by (createdAt, id), ids bytewise; `asc` is the exact reverse of `desc`.
 *  R9  Paged       at most `limit`, and fewer only at the end or by R17; `hasMore` tells whether more follows; the pages of a walk have neither gap nor repeat.
 *  R10 Steady      a walk neither skips nor repeats what was there when it began, whatever is saved meanwhile.
 *  R11 Sole        `findById` gives the one activity, or undefined.
 *  R12 Honest      while the store is out of reach, every method rejects with STORE_UNAVAILABLE or STORE_TIMEOUT, and works
 *                  again afterwards; a save may then be repeated. No error of a driver crosses the port.
 *  R13 Searched    conditions on metadata let through what `MetadataCondition.matches` does, whatever keys and values are.
 *  R14 Counted     `count` tells exactly how many the filter lets through; of what is saved meanwhile it may count any part.
 *  R15 Grouped     `countByKey` and `countBySlot` count exactly what `find` would show, each key and each slot once, in any order,
 *                  and none that has nothing. What is saved meanwhile may be counted or not, nothing else twice or not at all.
 *                  They answer 'too-many' exactly if there are more keys or slots than `most`, and never hold many more. Their
 *                  work grows with the activities that there are, and with the offsets, but not with the time between.
 *  R16 Several     `findByIds` gives the activities of these ids, each once and in any order; ids without one are left out.
 *  R17 Bounded     a page of `find` ends before the activity with which its JSON would exceed `maxPageBytes`, but has one at
 *                  least. What exceeds it is not read into memory, but for one batch of the driver.
 */
export interface ActivityRepository {
  /** Saves in the order given, each by itself: one that is refused or in conflict does not stop the others. */
  save(activities: readonly UserActivity[]): Promise<readonly SaveOutcome[]>;
  find(query: ActivityQuery): Promise<ActivityPage>;
  count(filter: ActivityFilter): Promise<number>;
  findById(id: ActivityId): Promise<StoredActivity | undefined>;
  /** One question, however many ids: at most some thousand, as all that is found is in memory. Of none: at once. */
  findByIds(ids: readonly ActivityId[]): Promise<readonly StoredActivity[]>;
  /** How many activities there are of each type or user, unless these are more than `most`. */
  countByKey(
    filter: ActivityFilter,
    field: KeyField,
    most: number,
  ): Promise<readonly KeyCount[] | 'too-many'>;
  /** How many activities there are in each slot of time, unless these slots are more than `most`. */
  countBySlot(
    filter: ActivityFilter,
    slots: TimeSlots,
    most: number,
  ): Promise<readonly SlotCount[] | 'too-many'>;
  /** Resolves when the store answers, else rejects as in R12. */
  ping(): Promise<void>;
}
