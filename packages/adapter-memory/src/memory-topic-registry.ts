import type { LogId, RegisteredTopic, TopicIdentity, TopicRegistry } from '@user-activity/domain';
import { MemoryStore } from './memory-store.ts';

export class MemoryTopicRegistry implements TopicRegistry {
  readonly #store: MemoryStore;

  constructor(store: MemoryStore = new MemoryStore()) {
    this.#store = store;
  }

  async register({ name, partitions, topicId }: TopicIdentity, log: LogId): Promise<RegisteredTopic> {
    this.#store.assertReachable();
    const topics = this.#store.topics.get(name) ?? [];
    this.#store.topics.set(name, topics);
    const known =
      topicId === undefined
        ? topics[0]
        : topics.find((topic) => topic.topicId === undefined || topic.topicId === topicId);
    const topic = known ?? { partitions, log, isFirst: topics.length === 0, topicId };
    if (known === undefined) topics.push(topic);
    topic.topicId ??= topicId;
    return { partitions: topic.partitions, log: topic.log, isFirst: topic.isFirst };
  }
}
