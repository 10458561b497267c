import type { TopicRegistry } from '@user-activity/domain';
import { storeFailure } from './failure.ts';
import type { MongoStore } from './mongo-store.ts';

/** Keeps the number of partitions of each topic in MongoDB. */
export class MongoTopicRegistry implements TopicRegistry {
  readonly #store: MongoStore;

  constructor(store: MongoStore) {
    this.#store = store;
  }

  async register(topic: string, partitions: number): Promise<number> {
    const { topics, timeoutMs } = this.#store;
    try {
      const first = await topics.findOneAndUpdate(
        { _id: topic },
        { $setOnInsert: { partitions } },
        { upsert: true, returnDocument: 'after', maxTimeMS: timeoutMs },
      );
      if (first === null) throw new Error('MongoDB gave no document for an upsert.');
      return first.partitions;
    } catch (error) {
      throw storeFailure(error);
    }
  }
}
