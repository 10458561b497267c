import type { ActivityId, Outbox, Timestamp, UserActivity } from '@user-activity/domain';
import { MemoryStore } from './memory-store.ts';

export class MemoryOutbox implements Outbox {
  readonly #store: MemoryStore;

  constructor(store: MemoryStore = new MemoryStore()) {
    this.#store = store;
  }

  async add(activity: UserActivity, dueAt: Timestamp, max: number): Promise<'added' | 'full'> {
    this.#store.assertReachable();
    const { outbox } = this.#store;
    if (outbox.size >= max) return 'full';
    outbox.set(activity.id, { activity, dueAt });
    return 'added';
  }

  async settle(activity: UserActivity): Promise<'settled' | 'late'> {
    this.#store.assertReachable();
    const { outbox } = this.#store;
    if (outbox.get(activity.id)?.dueAt === undefined) return 'late';
    outbox.set(activity.id, { activity, dueAt: undefined });
    return 'settled';
  }

  async withdraw(id: ActivityId): Promise<void> {
    this.#store.assertReachable();
    const { outbox } = this.#store;
    if (outbox.get(id)?.dueAt !== undefined) outbox.delete(id);
  }

  async findReady(now: Timestamp, limit: number): Promise<readonly UserActivity[]> {
    this.#store.assertReachable();
    for (const entry of this.#store.outbox.values())
      if (entry.dueAt !== undefined && entry.dueAt <= now) entry.dueAt = undefined;
    return [...this.#store.outbox.values()]
      .filter(({ dueAt }) => dueAt === undefined)
      .map(({ activity }) => activity)
      .toSorted((left, right) => left.receivedAt - right.receivedAt || (left.id < right.id ? -1 : 1))
      .slice(0, limit);
  }

  async remove(ids: readonly ActivityId[]): Promise<void> {
    this.#store.assertReachable();
    for (const id of ids) this.#store.outbox.delete(id);
  }
}
