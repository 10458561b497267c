import type { LogId, SettledHistory, SettledOffsets, SettledStep } from '@user-activity/domain';
import { MemoryStore } from './memory-store.ts';

export class MemorySettledOffsets implements SettledOffsets {
  readonly #store: MemoryStore;

  constructor(store: MemoryStore = new MemoryStore()) {
    this.#store = store;
  }

  async history(): Promise<SettledHistory> {
    this.#store.assertReachable();
    if (this.#store.settled.size > 0 || this.#store.origins.size > 0) return 'tracked';
    return this.#store.activities.size > 0 ? 'untracked' : 'empty';
  }

  async begin(log: LogId, offsets: readonly number[]): Promise<void> {
    this.#store.assertReachable();
    if (!this.#store.settled.has(log)) this.#store.settled.set(log, [...offsets]);
  }

  async find(log: LogId): Promise<readonly number[] | undefined> {
    this.#store.assertReachable();
    return this.#store.settled.get(log)?.slice();
  }

  async settle({ log, partition, from, to }: SettledStep): Promise<boolean> {
    this.#store.assertReachable();
    const offsets = this.#store.settled.get(log);
    const settled = offsets?.[partition];
    if (offsets === undefined || settled === undefined || settled < from) return false;
    offsets[partition] = Math.max(settled, to);
    for (const listener of this.#store.settledListeners) listener();
    return true;
  }
}
