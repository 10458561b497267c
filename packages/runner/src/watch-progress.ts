import { setTimeout as delay } from 'node:timers/promises';
import type { Answering, OutageObserver, ProgressLimits, ProgressWatchdog } from '@user-activity/application';
import { isDomainError } from '@user-activity/domain';
import type { RestartingConsumer } from './restarting-consumer.ts';

/** How often a consumer is looked at. */
export interface Watching {
  readonly everyMs: number;
  readonly limits: ProgressLimits;
}

/**
 * Not ready after 45 s without progress, a new member after 60 s, and after the second of these the end: 3 minutes. A group
 * that is shared out anew waits for a member that is gone for up to 10 s, and for one that hangs up to 30 s, and that is
 * no standstill; nor is a broker whose place another takes.
 */
export const patient: Watching = { everyMs: 5000, limits: { stalled: 9, restart: 12, restarts: 2 } };

/** Whom a watch concerns. */
export interface Watched {
  readonly consumer: RestartingConsumer;
  readonly store: Answering;
  readonly watchdog: ProgressWatchdog;
}

/** Looks at a consumer again and again, and does what the watchdog asks, until it is cancelled. */
export async function watchProgress(watched: Watched, everyMs: number, signal: AbortSignal): Promise<void> {
  for (;;) {
    await delay(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return;
    await look(watched);
  }
}

async function look({ consumer, store, watchdog }: Watched): Promise<void> {
  let partitions: Awaited<ReturnType<RestartingConsumer['progress']>>;
  try {
    partitions = await consumer.progress();
    // Whether the store is down matters only where something stands still.
    if (watchdog.isSuspicious(partitions)) await store.ping();
  } catch {
    watchdog.outage();
    return;
  }
  const remedy = watchdog.look(partitions);
  if (remedy === 'restart') consumer.restart(new Error('The consumer committed nothing for too long.'));
  if (remedy === 'give up')
    consumer.giveUp(new Error('The consumer commits nothing, and restarts did not help.'));
}

/**
 * Lets the watchdog know of what a save came to: while attempts fail because something is down it waits, too, and where
 * they no longer even fail it looks.
 */
export const alsoTelling = (observer: OutageObserver, watchdog: ProgressWatchdog): OutageObserver => ({
  failed(error, failures) {
    observer.failed(error, failures);
    if (isDomainError(error) && error.kind === 'unavailable') watchdog.outage();
  },
  recovered(failures) {
    observer.recovered(failures);
    watchdog.outageOver();
  },
});
