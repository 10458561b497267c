import {
  type ActivityFilter,
  type ActivityId,
  ActivityPage,
  type ActivityQuery,
  type ActivityRepository,
  type KeyCount,
  type KeyField,
  type SaveOutcome,
  type SlotCount,
  type StoredActivity,
  type TimeSlots,
  type UserActivity,
} from '@user-activity/domain';
import { storedOf } from './activity-document.ts';
import { countMatching } from './count-query.ts';
import { storeFailure } from './failure.ts';
import { readInTurns, readPage } from './page-query.ts';
import { insertNew, type Inserted, readAtOnce } from './insert-new.ts';
import type { MongoStore } from './mongo-store.ts';
import { countBySlot } from './slot-queries.ts';
import { countByKey } from './stats-queries.ts';
import { turns } from './turns.ts';

/** Keeps activities in MongoDB. */
export class MongoActivityRepository implements ActivityRepository {
  readonly #store: MongoStore;
  /** Whether most of the last batch was known: then the next is looked up before anything is inserted. */
  #replaying = false;

  constructor(store: MongoStore) {
    this.#store = store;
  }

  async save(activities: readonly UserActivity[]): Promise<readonly SaveOutcome[]> {
    if (activities.length === 0) return [];
    // Only the first of several with one id is sent; the others are judged by its outcome.
    const firsts = new Map<string, { readonly activity: UserActivity; readonly index: number }>();
    for (const [index, activity] of activities.entries())
      if (!firsts.has(activity.id)) firsts.set(activity.id, { activity, index });
    let inserted: ReadonlyMap<string, Inserted>;
    try {
      inserted = await insertNew(
        this.#store,
        [...firsts.values()].map(({ activity }) => activity),
        this.#replaying,
      );
    } catch (error) {
      throw storeFailure(error);
    }
    const known = [...inserted.values()].filter(
      (outcome) => outcome !== 'stored' && 'known' in outcome,
    ).length;
    this.#replaying = known * 2 > firsts.size;
    const outcomeOf = (activity: UserActivity, index: number): SaveOutcome => {
      const [first, outcome] = [firsts.get(activity.id), inserted.get(activity.id)];
      if (first === undefined || outcome === undefined) throw new Error('An outcome is missing.');
      if (outcome !== 'stored') return 'known' in outcome ? outcome.known.compare(activity) : outcome;
      return first.index === index ? 'stored' : first.activity.compare(activity);
    };
    const outcomes: SaveOutcome[] = [];
    const turn = turns.begin();
    const isCompared = known > 0 || firsts.size < activities.length;
    for (const [index, activity] of activities.entries()) {
      // Metadata that is large on either side takes up to 66 ms.
      if (isCompared && turn.isOver) await turn.next();
      outcomes.push(outcomeOf(activity, index));
    }
    return outcomes;
  }

  async find(query: ActivityQuery): Promise<ActivityPage> {
    try {
      return ActivityPage.of(await readPage(this.#store, query), query.limit);
    } catch (error) {
      throw storeFailure(error);
    }
  }

  async count(filter: ActivityFilter): Promise<number> {
    try {
      return await countMatching(this.#store, filter);
    } catch (error) {
      throw storeFailure(error);
    }
  }

  async findById(id: ActivityId): Promise<StoredActivity | undefined> {
    try {
      const found = await this.#store.activities.findOne({ _id: id }, { maxTimeMS: this.#store.timeoutMs });
      return found === null ? undefined : storedOf(found);
    } catch (error) {
      throw storeFailure(error);
    }
  }

  async countByKey(
    filter: ActivityFilter,
    field: KeyField,
    most: number,
  ): Promise<readonly KeyCount[] | 'too-many'> {
    try {
      return await countByKey(this.#store, filter, field, most);
    } catch (error) {
      throw storeFailure(error);
    }
  }

  async countBySlot(
    filter: ActivityFilter,
    slots: TimeSlots,
    most: number,
  ): Promise<readonly SlotCount[] | 'too-many'> {
    try {
      return await countBySlot(this.#store, filter, slots, most);
    } catch (error) {
      throw storeFailure(error);
    }
  }

  async findByIds(ids: readonly ActivityId[]): Promise<readonly StoredActivity[]> {
    if (ids.length === 0) return [];
    const { activities, timeoutMs } = this.#store;
    try {
      const found = activities.find(
        { _id: { $in: [...ids] } },
        { maxTimeMS: timeoutMs, batchSize: Math.min(ids.length + 1, readAtOnce) },
      );
      return await readInTurns(found);
    } catch (error) {
      throw storeFailure(error);
    }
  }

  async ping(): Promise<void> {
    try {
      await this.#store.activities.findOne({}, { projection: { _id: 1 }, maxTimeMS: this.#store.timeoutMs });
    } catch (error) {
      throw storeFailure(error);
    }
  }
}
