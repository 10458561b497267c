import type { TopicRegistry } from '@user-activity/domain';
import type { MongoStore } from './mongo-store.ts';
import { translated } from './translated.ts';

/** Keeps the number of partitions of each topic in MongoDB. */
export class MongoTopicRegistry implements TopicRegistry {
  readonly #store: MongoStore;

  constructor(store: MongoStore) {
    this.#store = store;
  }

  register(topic: string, partitions: number): Promise<number> {
    const { topics, timeoutMs } = this.#store;
    return translated(async () => {
      const registered = await topics.findOneAndUpdate(
        { _id: topic },
        { $setOnInsert: { partitions } },
        { upsert: true, returnDocument: 'after', maxTimeMS: timeoutMs },
      );
      if (registered === null) throw new Error('MongoDB returned no document for an upsert.');
      return registered.partitions;
    });
  }
}
