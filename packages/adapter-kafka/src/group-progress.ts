import { setTimeout as delay } from 'node:timers/promises';
import type { PartitionProgress } from '@user-activity/domain';
import type { Admin } from 'kafkajs';

const attempts = 5;
const pauseMs = 100;

/** How far a group is with each partition of a topic. */
export async function groupProgress(
  client: Admin,
  group: string,
  topic: string,
): Promise<readonly PartitionProgress[]> {
  // In this order, as the end only rises: a group is never ahead of it.
  const committed = await committedOf(client, group, topic);
  const ends = await client.fetchTopicOffsets(topic);
  return ends.map(({ partition, low, high }) => {
    // Of a group that has committed nothing it is -1, and what is below `low` is no longer held: both go on there.
    const next = Math.max(committed.get(partition) ?? -1, Number(low));
    return { partition, committed: next, end: Number(high) };
  });
}

/** KafkaJS does not look again for a coordinator that has moved, or is still reading what its groups have committed. */
async function committedOf(
  client: Admin,
  groupId: string,
  topic: string,
): Promise<ReadonlyMap<number, number>> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const topics = await client.fetchOffsets({ groupId, topics: [topic] });
      const partitions = topics.flatMap((one) => one.partitions);
      return new Map(partitions.map(({ partition, offset }) => [partition, Number(offset)]));
    } catch (error) {
      if (attempt === attempts) throw error;
      await delay(pauseMs * attempt);
    }
  }
}
