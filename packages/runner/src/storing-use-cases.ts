import { setTimeout as delay } from 'node:timers/promises';
import {
  type HealthDeps,
  makeStoringUseCases,
  ProgressWatchdog,
  type StoringUseCases,
} from '@user-activity/application';
import type { EventConsumer } from '@user-activity/domain';
import { backOff } from '@user-activity/timing';
import { instrumentStoring } from './metrics/instrument.ts';
import { measureLag } from './metrics/lag-metrics.ts';
import { countedRestarts, measureProgress } from './metrics/progress-metrics.ts';
import { measuredDeadLetters, measuredOutages, measuredSaves } from './metrics/storing-metrics.ts';
import { outageLog } from './outage-log.ts';
import { progressLog } from './progress-log.ts';
import { RestartingConsumer } from './restarting-consumer.ts';
import { tokens } from './tokens.ts';
import { defaultWatch, type WatchOptions, watchProgress, withWatchdog } from './watch-progress.ts';
import type { Get } from './wiring.ts';

/** Makes the use cases of the storing side on the wired ports, and measures them. */
export const storingUseCases = (get: Get, health: HealthDeps): StoringUseCases =>
  instrumentStoring(
    makeStoringUseCases({
      repository: measuredSaves(get(tokens.repository), get(tokens.clock)),
      deadLetterQueue: measuredDeadLetters(get(tokens.deadLetterQueue)),
      clock: get(tokens.clock),
      pause: backOff,
      // Long enough for a store that works, and short enough that the group does not wait for this member.
      grace: () => delay(1000, undefined, { ref: false }),
      observer: withWatchdog(measuredOutages('store', outageLog(get(tokens.logger))), get(tokens.watchdog)),
      health,
    }),
  );

/** Makes the watchdog that judges whether the consumer makes progress, and logs it. */
export const progressWatchdog = (get: Get, { limits }: WatchOptions = defaultWatch): ProgressWatchdog =>
  new ProgressWatchdog(limits, progressLog(get(tokens.logger)));

/** Makes a consumer that replaces a member of the group when it ends. */
export function restartingConsumer(get: Get, make: () => EventConsumer): RestartingConsumer {
  const observer = progressLog(get(tokens.logger));
  return new RestartingConsumer({
    make,
    pause: backOff,
    restarted: countedRestarts((reason) => observer.restarted(reason)),
  });
}

/** Joins the group and begins to store, and watches the progress from then on. */
export async function startStoring(get: Get, { everyMs }: WatchOptions = defaultWatch): Promise<void> {
  const [consumer, watchdog] = [get(tokens.consumer), get(tokens.watchdog)];
  await consumer.start(get(tokens.storingUseCases).storeActivities);
  measureLag(consumer);
  measureProgress(watchdog);
  const watchEnd = new AbortController();
  const end = (): void => watchEnd.abort();
  consumer.ended.then(end, end);
  const store = get(tokens.repository);
  // Only a bug makes this reject. The consumer must not run without its watchdog.
  watchProgress({ consumer, store, watchdog }, everyMs, watchEnd.signal).catch((bug: unknown) =>
    consumer.giveUp(bug),
  );
}
