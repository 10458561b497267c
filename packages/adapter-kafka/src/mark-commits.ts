import { createRequire } from 'node:module';
import type { Cluster } from './with-cluster.ts';

interface CommitRequest {
  readonly topics: readonly { readonly topic: string; readonly partitions: readonly object[] }[];
}

/** KafkaJS's internal class for the broker that keeps the offsets of a group. */
interface Coordinator {
  offsetCommit(request: CommitRequest): Promise<unknown>;
  offsetFetch(request: object): Promise<unknown>;
}

/** KafkaJS's internal class that commits for a consumer. It is not exported. */
interface OffsetManager {
  readonly cluster: Cluster;
  getCoordinator: (this: OffsetManager) => Promise<Coordinator>;
}

/** The metadata of an offset that was committed by a member with a `resumeAt`. Older versions commit without metadata. */
export const commitMark = 'resumes';

const require = createRequire(import.meta.url);
const patchedManagers = new WeakSet<OffsetManager>();
const markedClusters = new WeakSet<Cluster>();

/** Adds the mark to all commits of the consumer that uses this cluster, also to those that KafkaJS makes by itself. */
export function markCommits(cluster: Cluster): void {
  markedClusters.add(cluster);
  const { prototype } = require('kafkajs/src/consumer/offsetManager/index.js') as {
    readonly prototype: OffsetManager;
  };
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
