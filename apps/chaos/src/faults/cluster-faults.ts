import { setTimeout as delay } from 'node:timers/promises';
import type { EndFault, Kafka } from '@user-activity/test-kit';

/** A Kafka cluster or a MongoDB replica set. */
type Cluster = Pick<Kafka, 'signal' | 'restart'>;

/** Kills a server, and starts it again after `downMs`. */
export async function killServer(cluster: Cluster, server: number, downMs: number): Promise<void> {
  cluster.signal(server, 'SIGKILL');
  await delay(downMs);
  await cluster.restart(server);
}

/** Suspends a server by SIGSTOP, and resumes it by SIGCONT after `ms`. */
export async function freezeServer(cluster: Cluster, server: number, ms: number): Promise<void> {
  cluster.signal(server, 'SIGSTOP');
  await endAfter(ms, () => cluster.signal(server, 'SIGCONT'));
}

/** Waits for `ms`, and then ends faults that have already begun. Ends the faults even if the wait fails. */
export async function endAfter(ms: number, ...endFaults: readonly EndFault[]): Promise<void> {
  try {
    await delay(ms);
  } finally {
    for (const endFault of endFaults) endFault();
  }
}
