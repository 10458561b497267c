import { LogId, type RegisteredTopic, type TopicIdentity, type TopicRegistry } from '@user-activity/domain';
import type { MongoStore } from './mongo-store.ts';
import { translateErrors } from './translate-errors.ts';

export class MongoTopicRegistry implements TopicRegistry {
  readonly #store: MongoStore;

  constructor(store: MongoStore) {
    this.#store = store;
  }

  register(topic: TopicIdentity, log: LogId): Promise<RegisteredTopic> {
    const { name, topicId } = topic;
    return translateErrors(async () => {
      const first = await this.#registerAs(name, topic, log);
      const isSame = topicId === undefined || first.topicId === topicId;
      // No topic name contains a space, so this id can't be the name of another topic.
      const document = isSame ? first : await this.#registerAs(`${name} ${topicId}`, topic, log);
      if (document.log === undefined)
        throw new Error('MongoDB returned a topic without the log id that was just set.');
      return { partitions: document.partitions, log: LogId.trusted(document.log), isFirst: isSame };
    });
  }

  /** Creates the document with this id, or sets only its missing fields. Returns it. MongoDB repeats an upsert that loses a race. */
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

/** Returns an expression for the field of the document, or for `value` if the field is missing. */
const existingOr = (field: string, value: string | number) => ({
  $ifNull: [`$${field}`, { $literal: value }],
});
