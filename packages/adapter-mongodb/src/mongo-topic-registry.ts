import type { TopicRegistry } from '@user-activity/domain';
import type { MongoStore } from './mongo-store.ts';
import { translated } from './translated.ts';

export class MongoTopicRegistry implements TopicRegistry {
  readonly #store: MongoStore;

  constructor(store: MongoStore) {
    this.#store = store;
  }

  register(topic: string, partitions: number): Promise<number> {
    const { topics, timeoutMs } = this.#store;
    return translated(async () => {
      const document = await topics.findOneAndUpdate(
        { _id: topic },
        { $setOnInsert: { partitions } },
        { upsert: true, returnDocument: 'after', maxTimeMS: timeoutMs },
      );
      if (document === null) throw new Error('MongoDB returned no document for an upsert.');
      return document.partitions;
    });
  }
}
