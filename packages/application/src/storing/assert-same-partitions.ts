import type { TopicRegistry } from '@user-activity/domain';

/** Whether a topic is as it was: rejects with PartitionsChanged where its number of partitions is another than at first. */
export type AssertSamePartitions = (topic: {
  readonly name: string;
  readonly partitions: number;
}) => Promise<void>;

/** A topic has another number of partitions than when it was first used. Trying again alone won't help. */
export class PartitionsChanged extends Error {
  override readonly name = 'PartitionsChanged';

  constructor(topic: string, now: number, first: number) {
    super(
      `The topic ${topic} has ${now} partitions and began with ${first}. A user's activities would go on in another ` +
        `partition, and overtake those that wait in the old one. Use a topic that keeps its number, under another name; or ` +
        `see that the group is through with all of it, and let the store forget the topic.`,
    );
  }
}

export const makeAssertSamePartitions = (deps: { readonly topics: TopicRegistry }): AssertSamePartitions =>
  async function assertSamePartitions({ name, partitions }) {
    const first = await deps.topics.register(name, partitions);
    if (first !== partitions) throw new PartitionsChanged(name, partitions, first);
  };
