import {
  type ActivityFilter,
  type ActivityKey,
  ActivityKeyText,
  ActivityPage,
  type ActivityQuery,
  type ActivityRepository,
  type KeyCount,
  type KeyField,
  type LogPosition,
  type SaveOutcome,
  type SlotCount,
  type StoredActivity,
  type TimeSlots,
  type UserActivity,
} from '@user-activity/domain';
import { activityFromDocument } from './activity-document.ts';
import { countByKey } from './count-by-key.ts';
import { countBySlot } from './count-by-slot.ts';
import { countMatching } from './count-matching.ts';
import { insertNew, type NewActivity } from './insert-new.ts';
import type { MongoStore } from './mongo-store.ts';
import { readByKeys } from './read-activities.ts';
import { readPage } from './read-page.ts';
import { ReplacedOrigins } from './replaced-origins.ts';
import { translateErrors } from './translate-errors.ts';
import { turns } from './turns.ts';

export class MongoActivityRepository implements ActivityRepository {
  readonly #store: MongoStore;
  /** Whether most activities of the last batch existed, as in a replay. If so, `save` reads existing activities first. */
  #isReplaying = false;

  constructor(store: MongoStore) {
    this.#store = store;
  }

  async save(
    activities: readonly UserActivity[],
    origins: readonly LogPosition[] = [],
  ): Promise<readonly SaveOutcome[]> {
    if (activities.length === 0) return [];
    // Only the first activity with each key is inserted. The others are compared with it, or with the stored activity if there is one.
    const distinct: NewActivity[] = [];
    const firsts = new Map<string, number>();
    for (const [index, activity] of activities.entries()) {
      const key = ActivityKeyText.of(activity);
      if (firsts.has(key)) continue;
      firsts.set(key, index);
      distinct.push({ key, activity, origin: origins[index] });
    }
    const notInserted = await translateErrors(() => insertNew(this.#store, distinct, this.#isReplaying));
    const existing = [...notInserted.values()].filter((reason) => 'existing' in reason).length;
    this.#isReplaying = existing * 2 > distinct.length;
    const needsComparison = existing > 0 || distinct.length < activities.length;
    if (!needsComparison && notInserted.size === 0) return activities.map(() => 'stored');
    const outcomeOf = (activity: UserActivity, index: number): SaveOutcome => {
      const key = ActivityKeyText.of(activity);
      const reason = notInserted.get(key);
      if (reason !== undefined) return 'existing' in reason ? reason.existing.compare(activity) : reason;
      const firstIndex = firsts.get(key) ?? index;
      return firstIndex === index ? 'stored' : (activities[firstIndex] ?? activity).compare(activity);
    };
    const outcomes: SaveOutcome[] = [];
    const replaced = new ReplacedOrigins();
    const turn = turns.begin();
    for (const [index, activity] of activities.entries()) {
      // Comparing two activities with large metadata takes up to 66 ms.
      if (needsComparison && turn.isOver) await turn.next();
      const outcome = outcomeOf(activity, index);
      outcomes.push(outcome);
      if (outcome !== 'redelivered' && outcome !== 'duplicate') continue;
      const key = ActivityKeyText.of(activity);
      const reason = notInserted.get(key);
      if (reason !== undefined && 'existing' in reason)
        replaced.add(outcome, key, reason.existing.origin, origins[index]);
    }
    await translateErrors(() => replaced.store(this.#store));
    return outcomes;
  }

  find(query: ActivityQuery): Promise<ActivityPage> {
    return translateErrors(async () => ActivityPage.of(await readPage(this.#store, query), query.limit));
  }

  count(filter: ActivityFilter): Promise<number> {
    return translateErrors(() => countMatching(this.#store, filter));
  }

  findById(key: ActivityKey): Promise<StoredActivity | undefined> {
    const { activities, timeoutMs } = this.#store;
    return translateErrors(async () => {
      const document = await activities.findOne({ _id: ActivityKeyText.of(key) }, { maxTimeMS: timeoutMs });
      return document === null ? undefined : activityFromDocument(document);
    });
  }

  async findByIds(keys: readonly ActivityKey[]): Promise<readonly StoredActivity[]> {
    return keys.length === 0
      ? []
      : translateErrors(() => readByKeys(this.#store, keys.map(ActivityKeyText.of)));
  }

  countByKey(
    filter: ActivityFilter,
    field: KeyField,
    max: number,
  ): Promise<readonly KeyCount[] | 'too-many'> {
    return translateErrors(() => countByKey(this.#store, filter, field, max));
  }

  countBySlot(
    filter: ActivityFilter,
    slots: TimeSlots,
    max: number,
  ): Promise<readonly SlotCount[] | 'too-many'> {
    return translateErrors(() => countBySlot(this.#store, filter, slots, max));
  }

  async ping(): Promise<void> {
    const { activities, timeoutMs } = this.#store;
    await translateErrors(() => activities.findOne({}, { projection: { _id: 1 }, maxTimeMS: timeoutMs }));
  }
}
