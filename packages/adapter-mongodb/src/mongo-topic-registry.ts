import { LogId, type RegisteredTopic, type TopicIdentity, type TopicRegistry } from '@user-activity/domain';
import type { MongoStore } from './mongo-store.ts';
import { translated } from './translated.ts';

export class MongoTopicRegistry implements TopicRegistry {
  readonly #store: MongoStore;

  constructor(store: MongoStore) {
    this.#store = store;
  }

  register(topic: TopicIdentity, log: LogId): Promise<RegisteredTopic> {
    const { name, topicId } = topic;
    return translated(async () => {
      const first = await this.#registerAs(name, topic, log);
      const isSame = topicId === undefined || first.topicId === topicId;
      // A topic name contains no space, so this is no other topic's id.
      const document = isSame ? first : await this.#registerAs(`${name} ${topicId}`, topic, log);
      if (document.log === undefined) throw new Error('MongoDB returned a topic without the fields it set.');
      return { partitions: document.partitions, log: LogId.trusted(document.log), isFirst: isSame };
    });
  }

  /** Sets the fields that the document with this id lacks, and returns it. If upserts race, MongoDB repeats the ones that lost. */
  async #registerAs(id: string, { partitions, topicId }: TopicIdentity, log: LogId) {
    const { topics, timeoutMs } = this.#store;
    const fields = {
      partitions: existingOr('partitions', partitions),
      log: existingOr('log', log),
      ...(topicId === undefined ? {} : { topicId: existingOr('topicId', topicId) }),
    };
    const document = await topics.findOneAndUpdate({ _id: id }, [{ $set: fields }], {
      upsert: true,
      returnDocument: 'after',
      maxTimeMS: timeoutMs,
    });
    if (document === null) throw new Error('MongoDB returned no document for an upsert.');
    return document;
  }
}

/** Makes an expression for the field of the document, or for the value if the field is missing. */
const existingOr = (field: string, value: string | number) => ({
  $ifNull: [`$${field}`, { $literal: value }],
});
