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
  replacesOrigin,
  type SaveOutcome,
  type SlotCount,
  StoredActivity,
  type TimeSlots,
  type UserActivity,
} from '@user-activity/domain';
import { itemsAfter } from './items-after.ts';
import { MemoryStore } from './memory-store.ts';

/** Keeps activities in a map, and sorts them at each query. */
export class MemoryActivityRepository implements ActivityRepository {
  readonly #store: MemoryStore;

  constructor(store: MemoryStore = new MemoryStore()) {
    this.#store = store;
  }

  async save(
    activities: readonly UserActivity[],
    origins: readonly LogPosition[] = [],
  ): Promise<readonly SaveOutcome[]> {
    this.#store.assertReachable();
    return activities.map((activity, index) => {
      const key = ActivityKeyText.of(activity);
      const existing = this.#store.activities.get(key);
      const origin = origins[index];
      const comparison = existing?.compare(activity);
      if (existing === undefined) this.#store.activities.set(key, activity);
      const isReplaced =
        comparison === undefined ||
        (origin !== undefined && replacesOrigin(comparison, this.#store.origins.get(key), origin));
      if (origin !== undefined && isReplaced) this.#store.origins.set(key, origin);
      return comparison ?? 'stored';
    });
  }

  async find({ filter, order, limit, after }: ActivityQuery): Promise<ActivityPage> {
    const matches = itemsAfter(this.#matches(filter), 'createdAt', order, after).slice(0, limit + 1);
    return ActivityPage.of(
      matches.map((activity) => this.#stored(activity)),
      limit,
    );
  }

  async count(filter: ActivityFilter): Promise<number> {
    return this.#matches(filter).length;
  }

  /** Returns the matching activities in no particular order. */
  #matches(filter: ActivityFilter): readonly UserActivity[] {
    this.#store.assertReachable();
    return [...this.#store.activities.values()].filter((activity) => filter.matches(activity));
  }

  async findById(key: ActivityKey): Promise<StoredActivity | undefined> {
    this.#store.assertReachable();
    const activity = this.#store.activities.get(ActivityKeyText.of(key));
    return activity && this.#stored(activity);
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
      const key = `${segment} ${slot}`;
      counts.set(key, { segment, slot, count: (counts.get(key)?.count ?? 0) + 1 });
      if (counts.size > max) return 'too-many';
    }
    return [...counts.values()];
  }

  async findByIds(keys: readonly ActivityKey[]): Promise<readonly StoredActivity[]> {
    this.#store.assertReachable();
    const texts = new Set(keys.map(ActivityKeyText.of));
    const activities = [...texts].flatMap((text) => this.#store.activities.get(text) ?? []);
    return activities.map((activity) => this.#stored(activity));
  }

  #stored(activity: UserActivity): StoredActivity {
    return StoredActivity.of(activity, this.#store.origins.get(ActivityKeyText.of(activity)));
  }

  async ping(): Promise<void> {
    this.#store.assertReachable();
  }
}
