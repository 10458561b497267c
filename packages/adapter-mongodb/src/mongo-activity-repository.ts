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
import { storedActivity } from './activity-document.ts';
import { countByKey } from './count-by-key.ts';
import { countBySlot } from './count-by-slot.ts';
import { countMatching } from './count-matching.ts';
import { insertNew } from './insert-new.ts';
import type { MongoStore } from './mongo-store.ts';
import { readByKeys } from './read-activities.ts';
import { readPage } from './read-page.ts';
import { translated } from './translated.ts';
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
    // `save` inserts the first activity with a key. It compares all others with that one, or with the one that exists.
    const firstsByKey = new Map<string, { readonly activity: UserActivity; readonly index: number }>();
    for (const [index, activity] of activities.entries()) {
      const key = ActivityKeyText.of(activity);
      if (!firstsByKey.has(key)) firstsByKey.set(key, { activity, index });
    }
    const distinct = [...firstsByKey.values()].map(({ activity, index }) => ({
      activity,
      origin: origins[index],
    }));
    const outcomesByKey = await translated(() => insertNew(this.#store, distinct, this.#isReplaying));
    const existing = [...outcomesByKey.values()].filter(
      (outcome) => outcome !== 'stored' && 'existing' in outcome,
    ).length;
    this.#isReplaying = existing * 2 > firstsByKey.size;
    const outcomeOf = (activity: UserActivity, index: number): SaveOutcome => {
      const key = ActivityKeyText.of(activity);
      const [first, outcome] = [firstsByKey.get(key), outcomesByKey.get(key)];
      if (first === undefined || outcome === undefined) throw new Error('An outcome is missing.');
      if (outcome !== 'stored') return 'existing' in outcome ? outcome.existing.compare(activity) : outcome;
      return first.index === index ? 'stored' : first.activity.compare(activity);
    };
    const outcomes: SaveOutcome[] = [];
    const turn = turns.begin();
    const needsComparison = existing > 0 || firstsByKey.size < activities.length;
    for (const [index, activity] of activities.entries()) {
      // A comparison of two activities with large metadata takes up to 66 ms.
      if (needsComparison && turn.isOver) await turn.next();
      outcomes.push(outcomeOf(activity, index));
    }
    return outcomes;
  }

  find(query: ActivityQuery): Promise<ActivityPage> {
    return translated(async () => ActivityPage.of(await readPage(this.#store, query), query.limit));
  }

  count(filter: ActivityFilter): Promise<number> {
    return translated(() => countMatching(this.#store, filter));
  }

  findById(key: ActivityKey): Promise<StoredActivity | undefined> {
    const { activities, timeoutMs } = this.#store;
    return translated(async () => {
      const document = await activities.findOne({ _id: ActivityKeyText.of(key) }, { maxTimeMS: timeoutMs });
      return document === null ? undefined : storedActivity(document);
    });
  }

  async findByIds(keys: readonly ActivityKey[]): Promise<readonly StoredActivity[]> {
    return keys.length === 0 ? [] : translated(() => readByKeys(this.#store, keys.map(ActivityKeyText.of)));
  }

  countByKey(
    filter: ActivityFilter,
    field: KeyField,
    max: number,
  ): Promise<readonly KeyCount[] | 'too-many'> {
    return translated(() => countByKey(this.#store, filter, field, max));
  }

  countBySlot(
    filter: ActivityFilter,
    slots: TimeSlots,
    max: number,
  ): Promise<readonly SlotCount[] | 'too-many'> {
    return translated(() => countBySlot(this.#store, filter, slots, max));
  }

  async ping(): Promise<void> {
    const { activities, timeoutMs } = this.#store;
    await translated(() => activities.findOne({}, { projection: { _id: 1 }, maxTimeMS: timeoutMs }));
  }
}
