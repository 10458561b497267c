import type { TopicRegistry } from '@user-activity/domain';
import { MemoryStore } from './memory-store.ts';

export class MemoryTopicRegistry implements TopicRegistry {
  readonly #store: MemoryStore;

  constructor(store: MemoryStore = new MemoryStore()) {
    this.#store = store;
  }

  async register(topic: string, partitions: number): Promise<number> {
    this.#store.assertReachable();
    const registered = this.#store.topics.get(topic) ?? partitions;
    this.#store.topics.set(topic, registered);
    return registered;
  }
}
