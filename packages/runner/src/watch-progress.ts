import { setTimeout as delay } from 'node:timers/promises';
import type { Pingable, ProgressLimits, ProgressWatchdog } from '@user-activity/application';
import { isDomainError, type OutageObserver } from '@user-activity/domain';
import type { RestartingConsumer } from './restarting-consumer.ts';

/** How a consumer's progress is watched. */
export interface WatchOptions {
  /** The time between two checks, in milliseconds. */
  readonly intervalMs: number;
  /** The limits of the watchdog, in numbers of checks and restarts. */
  readonly limits: ProgressLimits;
}

/**
 * The default options. After 45 s without progress, the process reports that it is not ready. After 60 s and after 120 s, the consumer replaces
 * its group member. After 180 s, the process fails. These times are longer than a failover of a broker or a rebalance takes. A rebalance
 * waits up to 10 s for a lost member and up to 30 s for a hanging member.
 */
export const defaultWatchOptions: WatchOptions = {
  intervalMs: 5000,
  limits: { stalled: 9, restart: 12, restarts: 2 },
};

interface WatchedParts {
  readonly consumer: RestartingConsumer;
  readonly store: Pingable;
  readonly watchdog: ProgressWatchdog;
}

/** Checks a consumer at intervals and restarts it as the watchdog decides, until the signal is aborted. */
export async function watchProgress(
  watched: WatchedParts,
  intervalMs: number,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    await delay(intervalMs, undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return;
    await checkProgress(watched);
  }
}

async function checkProgress({ consumer, store, watchdog }: WatchedParts): Promise<void> {
  let partitions: Awaited<ReturnType<RestartingConsumer['progress']>>;
  try {
    partitions = await consumer.progress();
    // If all partitions make progress, the store works, so it need not be checked.
    if (watchdog.isSuspicious(partitions)) await store.ping();
  } catch {
    watchdog.outage();
    return;
  }
  const remedy = watchdog.look(partitions);
  if (remedy === 'restart') consumer.restart('it committed no record within the time limit');
  if (remedy === 'give up')
    consumer.giveUp(new Error('The consumer commits no records, even after restarts.'));
}

/**
 * Wraps an observer to report outages of the store to the watchdog, too. While saves fail because the store is unavailable, the watchdog
 * does not restart the consumer. It may restart the consumer while saves hang.
 */
export const withWatchdog = (observer: OutageObserver, watchdog: ProgressWatchdog): OutageObserver => ({
  failed(error, failures) {
    observer.failed(error, failures);
    if (isDomainError(error) && error.kind === 'unavailable') watchdog.outage();
  },
  recovered(failures) {
    observer.recovered(failures);
    watchdog.outageOver();
  },
});
