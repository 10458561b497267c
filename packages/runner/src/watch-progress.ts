import { setTimeout as delay } from 'node:timers/promises';
import type { Answering, ProgressLimits, ProgressWatchdog } from '@user-activity/application';
import { isDomainError, type OutageObserver } from '@user-activity/domain';
import type { RestartingConsumer } from './restarting-consumer.ts';

/** The interval between checks of a consumer's progress, and the limits of its watchdog in numbers of checks. */
export interface WatchOptions {
  readonly everyMs: number;
  readonly limits: ProgressLimits;
}

/**
 * The default: without progress the process is not ready after 45 s, its member is replaced after 60 s, and it fails after two new
 * members, which is after 3 minutes. These times are longer than the failover of a broker, and longer than a rebalance, which waits
 * up to 10 s for a lost member and up to 30 s for a hanging one.
 */
export const defaultWatch: WatchOptions = { everyMs: 5000, limits: { stalled: 9, restart: 12, restarts: 2 } };

interface WatchedParts {
  readonly consumer: RestartingConsumer;
  readonly store: Answering;
  readonly watchdog: ProgressWatchdog;
}

/** Checks a consumer at intervals and restarts it as the watchdog decides, until the signal is aborted. */
export async function watchProgress(
  watched: WatchedParts,
  everyMs: number,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    await delay(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return;
    await check(watched);
  }
}

async function check({ consumer, store, watchdog }: WatchedParts): Promise<void> {
  let partitions: Awaited<ReturnType<RestartingConsumer['progress']>>;
  try {
    partitions = await consumer.progress();
    // Only if a partition makes no progress may the store be the cause.
    if (watchdog.isSuspicious(partitions)) await store.ping();
  } catch {
    watchdog.outage();
    return;
  }
  const remedy = watchdog.look(partitions);
  if (remedy === 'restart')
    consumer.restart(new Error('The consumer committed no record within the time limit.'));
  if (remedy === 'give up')
    consumer.giveUp(new Error('The consumer commits no records, even after restarts.'));
}

/**
 * Returns an observer that reports failed saves to the watchdog too. While saves fail because a dependency is down, the
 * watchdog waits. While they hang, it keeps checking.
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
