import {
  type IdGenerator,
  LogId,
  type RegisteredTopic,
  type TopicIdentity,
  type TopicRegistry,
} from '@user-activity/domain';

/**
 * Returns a topic as the store has registered it. Registers it with a new log id if the store does not know it. Rejects with PartitionsChanged
 * if it was registered with another number of partitions.
 */
export type RegisterLog = (topic: TopicIdentity) => Promise<RegisteredTopic>;

/** Thrown if the number of partitions of a topic has changed since its first use. Retrying does not help. */
export class PartitionsChanged extends Error {
  override readonly name = 'PartitionsChanged';

  constructor(topic: string, now: number, first: number) {
    super(
      `The topic ${topic} has ${now} partitions and began with ${first}. New activities of a user would go to another ` +
        `partition and could overtake older ones. Use a new topic with another name. Or, if a wrong order is acceptable, ` +
        `remove the topic from the store's list of topics. The service then reads the topic ` +
        `again from its beginning, and stores nothing twice.`,
    );
  }
}

export const makeRegisterLog = (deps: {
  readonly topics: TopicRegistry;
  readonly ids: IdGenerator;
}): RegisterLog =>
  async function registerLog(topic) {
    const registered = await deps.topics.register(topic, LogId.parse(deps.ids.next()));
    if (registered.partitions !== topic.partitions)
      throw new PartitionsChanged(topic.name, topic.partitions, registered.partitions);
    return registered;
  };
