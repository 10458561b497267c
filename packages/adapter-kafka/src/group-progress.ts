import type { PartitionProgress } from '@user-activity/domain';
import { backOff } from '@user-activity/timing';
import type { Admin } from 'kafkajs';

const maxAttempts = 5;

/** Returns the progress of a group in each partition of a topic. */
export async function groupProgress(
  client: Admin,
  group: string,
  topic: string,
): Promise<readonly PartitionProgress[]> {
  // In this order: the end only rises, so the group never seems ahead of it.
  const committed = await committedOf(client, group, topic);
  const ends = await client.fetchTopicOffsets(topic);
  return ends.map(({ partition, low, high }) => {
    // The group continues at `low` if it has committed nothing (-1), or if its next records were deleted.
    const next = Math.max(committed.get(partition) ?? -1, Number(low));
    return { partition, committed: next, end: Number(high) };
  });
}

/** Retries, because KafkaJS does not if the coordinator has moved or is still loading the groups' offsets. */
async function committedOf(
  client: Admin,
  groupId: string,
  topic: string,
): Promise<ReadonlyMap<number, number>> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const topics = await client.fetchOffsets({ groupId, topics: [topic] });
      const partitions = topics.flatMap(({ partitions: found }) => found);
      return new Map(partitions.map(({ partition, offset }) => [partition, Number(offset)]));
    } catch (error) {
      if (attempt === maxAttempts) throw error;
      await backOff(attempt);
    }
  }
}
