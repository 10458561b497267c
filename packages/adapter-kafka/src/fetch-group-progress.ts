import type { PartitionProgress } from '@user-activity/domain';
import { backOff } from '@user-activity/timing';
import type { FetchOffsetsPartition } from 'kafkajs';
import { commitMark } from './mark-commits.ts';
import type { ClusterAdmin } from './prepare-topic.ts';

const maxAttempts = 5;

/** Fetches the progress of a consumer group in each partition of a topic. */
export async function fetchGroupProgress(
  client: ClusterAdmin,
  group: string,
  topic: string,
): Promise<readonly PartitionProgress[]> {
  // Reads the committed offsets first. The ends only rise, so a group never seems to be ahead of an end.
  const committed = await committedOffsets(client, group, topic);
  const ends = await client.fetchTopicOffsets(topic);
  return ends.map(({ partition, low, high }) => {
    // A group continues at `low` if it has committed nothing (-1), or if its next records were deleted.
    const oldest = Number(low);
    const { offset = -1, metadata } = committed.get(partition) ?? {};
    const next = Math.max(Number(offset), oldest);
    return { partition, oldest, committed: next, end: Number(high), isMarked: metadata === commitMark };
  });
}

/** Retries, because KafkaJS does not retry if the coordinator has moved, or still loads the offsets of its groups. */
async function committedOffsets(
  client: ClusterAdmin,
  groupId: string,
  topic: string,
): Promise<ReadonlyMap<number, FetchOffsetsPartition>> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const [response] = await client.fetchOffsets({ groupId, topics: [topic] });
      return new Map(response?.partitions.map((committed) => [committed.partition, committed]));
    } catch (error) {
      // KafkaJS hides why it found no coordinator. This request throws the reason, for example a missing ACL.
      if (error instanceof Error && error.name === 'KafkaJSGroupCoordinatorNotFound')
        await (await client.cluster.brokerPool.findConnectedBroker()).findGroupCoordinator({ groupId });
      if (attempt === maxAttempts) throw error;
      await backOff(attempt);
    }
  }
}
