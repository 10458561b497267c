import { setTimeout as delay } from 'node:timers/promises';
import type { EndFault, Kafka } from '@user-activity/test-kit';

/** A Kafka cluster or a replica set of MongoDB. */
type Cluster = Pick<Kafka, 'signal' | 'restart'>;

/** Kills a server, and starts it again after `downMs`. */
export async function killServer(cluster: Cluster, server: number, downMs: number): Promise<void> {
  cluster.signal(server, 'SIGKILL');
  await delay(downMs);
  await cluster.restart(server);
}

/** Stops a server by SIGSTOP, and continues it after `ms`. */
export async function freezeServer(cluster: Cluster, server: number, ms: number): Promise<void> {
  cluster.signal(server, 'SIGSTOP');
  await endAfter(ms, () => cluster.signal(server, 'SIGCONT'));
}

/** Waits for `ms`, then ends faults that have begun. Ends them even if the wait fails. */
export async function endAfter(ms: number, ...endFaults: readonly EndFault[]): Promise<void> {
  try {
    await delay(ms);
  } finally {
    for (const endFault of endFaults) endFault();
  }
}
