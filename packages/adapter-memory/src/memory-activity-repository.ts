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
  StoredActivity,
  type TimeSlots,
  type UserActivity,
} from '@user-activity/domain';
import { itemsAfter } from './items-after.ts';
import { MemoryStore } from './memory-store.ts';

/** Keeps activities in a map, and sorts them for each query. */
export class MemoryActivityRepository implements ActivityRepository {
  readonly #store: MemoryStore;

  constructor(store: MemoryStore = new MemoryStore()) {
    this.#store = store;
  }

  async save(activities: readonly UserActivity[]): Promise<readonly SaveOutcome[]> {
    this.#store.assertReachable();
    return activities.map((activity) => this.#saveOne(activity));
  }

  #saveOne(activity: UserActivity): SaveOutcome {
    const known = this.#store.activities.get(activity.id);
    if (known !== undefined) return known.compare(activity);
    this.#store.activities.set(activity.id, activity);
    return 'stored';
  }

  async find({ filter, order, limit, after }: ActivityQuery): Promise<ActivityPage> {
    const rest = itemsAfter(this.#matches(filter), 'createdAt', order, after);
    return ActivityPage.of(
      rest.slice(0, limit + 1).map((activity) => StoredActivity.of(activity)),
      limit,
    );
  }

  async count(filter: ActivityFilter): Promise<number> {
    return this.#matches(filter).length;
  }

  /** Returns the activities that match the filter, in no particular order. */
  #matches(filter: ActivityFilter): readonly UserActivity[] {
    this.#store.assertReachable();
    return [...this.#store.activities.values()].filter((activity) => filter.matches(activity));
  }

  async findById(id: ActivityId): Promise<StoredActivity | undefined> {
    this.#store.assertReachable();
    const found = this.#store.activities.get(id);
    return found && StoredActivity.of(found);
  }

  async countByKey(
    filter: ActivityFilter,
    field: KeyField,
    max: number,
  ): Promise<readonly KeyCount[] | 'too-many'> {
    const counts = new Map<string, number>();
    for (const { [field]: key } of this.#matches(filter)) {
      counts.set(key, (counts.get(key) ?? 0) + 1);
      if (counts.size > max) return 'too-many';
    }
    return [...counts].map(([key, count]) => ({ key, count }));
  }

  async countBySlot(
    filter: ActivityFilter,
    { unitMs, offsets }: TimeSlots,
    max: number,
  ): Promise<readonly SlotCount[] | 'too-many'> {
    const counts = new Map<string, SlotCount>();
    for (const { createdAt } of this.#matches(filter)) {
      const segment = Math.max(
        0,
        offsets.findLastIndex(({ from }) => from <= createdAt),
      );
      const slot = Math.floor((createdAt + (offsets[segment]?.offsetMs ?? 0)) / unitMs);
      const name = `${segment} ${slot}`;
      counts.set(name, { segment, slot, count: (counts.get(name)?.count ?? 0) + 1 });
      if (counts.size > max) return 'too-many';
    }
    return [...counts.values()];
  }

  async findByIds(ids: readonly ActivityId[]): Promise<readonly StoredActivity[]> {
    this.#store.assertReachable();
    const found = [...new Set(ids)].flatMap((id) => this.#store.activities.get(id) ?? []);
    return found.map((activity) => StoredActivity.of(activity));
  }

  async ping(): Promise<void> {
    this.#store.assertReachable();
  }
}
