import type { TopicRegistry } from '@user-activity/domain';

/** Resolves if the topic has as many partitions as when it was first used. Rejects with PartitionsChanged otherwise. */
export type AssertSamePartitions = (topic: {
  readonly name: string;
  readonly partitions: number;
}) => Promise<void>;

/** The number of partitions of a topic has changed since its first use. Retrying does not help. */
export class PartitionsChanged extends Error {
  override readonly name = 'PartitionsChanged';

  constructor(topic: string, now: number, first: number) {
    super(
      `The topic ${topic} has ${now} partitions and began with ${first}. New activities of a user would go to another ` +
        `partition and could overtake older ones. Use a new topic with another name; or wait until the group has ` +
        `consumed everything, and then remove the topic from the store's list of topics.`,
    );
  }
}

export const makeAssertSamePartitions = (deps: { readonly topics: TopicRegistry }): AssertSamePartitions =>
  async function assertSamePartitions({ name, partitions }) {
    const first = await deps.topics.register(name, partitions);
    if (first !== partitions) throw new PartitionsChanged(name, partitions, first);
  };
