import { type CommitRequest, type Coordinator, OffsetManager } from './kafkajs-inside.ts';
import type { Cluster } from './with-cluster.ts';

/** The metadata that marks an offset as committed by a member with a `resumeAt`. Older versions of the service commit no metadata. */
export const commitMark = 'resumes';

const patchedManagers = new WeakSet<object>();
const markedClusters = new WeakSet<object>();

/** Adds `commitMark` to all commits of the consumer that uses this cluster, including those that KafkaJS makes by itself. */
export function markCommits(cluster: Cluster): void {
  markedClusters.add(cluster);
  const { prototype } = OffsetManager;
  if (patchedManagers.has(prototype)) return;
  patchedManagers.add(prototype);
  const { getCoordinator } = prototype;
  prototype.getCoordinator = async function getMarkingCoordinator() {
    const coordinator = await getCoordinator.call(this);
    return markedClusters.has(this.cluster) ? withMarkedCommits(coordinator) : coordinator;
  };
}

/** Wraps a coordinator, to mark its commits. The wrapper has only the two methods that an OffsetManager calls. */
const withMarkedCommits = (coordinator: Coordinator): Coordinator => ({
  offsetFetch: (request) => coordinator.offsetFetch(request),
  offsetCommit: (request) => coordinator.offsetCommit({ ...request, topics: request.topics.map(withMark) }),
});

const withMark = ({
  topic,
  partitions,
}: CommitRequest['topics'][number]): CommitRequest['topics'][number] => ({
  topic,
  partitions: partitions.map((partition) => ({ ...partition, metadata: commitMark })),
});
