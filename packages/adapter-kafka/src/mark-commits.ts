import { type CommitRequest, type Coordinator, OffsetManager } from './kafkajs-inside.ts';
import type { Cluster } from './with-cluster.ts';

/** The metadata of an offset that was committed by a member with a `resumeAt`. Older versions commit without metadata. */
export const commitMark = 'resumes';

const patchedManagers = new WeakSet<object>();
const markedClusters = new WeakSet<object>();

/** Adds the mark to all commits of the consumer that uses this cluster, also to those that KafkaJS makes by itself. */
export function markCommits(cluster: Cluster): void {
  markedClusters.add(cluster);
  const { prototype } = OffsetManager;
  if (patchedManagers.has(prototype)) return;
  patchedManagers.add(prototype);
  const { getCoordinator } = prototype;
  prototype.getCoordinator = async function getMarkingCoordinator() {
    const coordinator = await getCoordinator.call(this);
    return markedClusters.has(this.cluster) ? marking(coordinator) : coordinator;
  };
}

/** Returns a coordinator with the two methods that an OffsetManager calls. */
const marking = (coordinator: Coordinator): Coordinator => ({
  offsetFetch: (request) => coordinator.offsetFetch(request),
  offsetCommit: (request) => coordinator.offsetCommit({ ...request, topics: request.topics.map(marked) }),
});

const marked = ({ topic, partitions }: CommitRequest['topics'][number]): CommitRequest['topics'][number] => ({
  topic,
  partitions: partitions.map((partition) => ({ ...partition, metadata: commitMark })),
});
