import { setTimeout as delay } from 'node:timers/promises';
import {
  type HealthDeps,
  makeStoringUseCases,
  ProgressWatchdog,
  type StoringUseCases,
} from '@user-activity/application';
import type { EventConsumer } from '@user-activity/domain';
import { backOff } from '@user-activity/timing';
import { anonymiser, digestUser } from './anonymisation.ts';
import { instrumentStoring } from './metrics/instrument.ts';
import { measureLag } from './metrics/lag-metrics.ts';
import { withRestartCounter, measureProgress } from './metrics/progress-metrics.ts';
import { withDeadLetterMetrics, withOutageMetrics, withSaveMetrics } from './metrics/storing-metrics.ts';
import { outageLog } from './outage-log.ts';
import { progressLog } from './progress-log.ts';
import { resumeLog } from './resume-log.ts';
import { RestartingConsumer } from './restarting-consumer.ts';
import { tokens } from './tokens.ts';
import { defaultWatchOptions, type WatchOptions, watchProgress, withWatchdog } from './watch-progress.ts';
import { watchStore } from './watch-store.ts';
import type { Get } from './wiring.ts';

interface StoringSettings {
  /** Whether to continue if the log has lost records that were never stored. Default: false. */
  readonly ACCEPT_GAP?: boolean;
  readonly ANONYMISATION_KEY?: string | undefined;
}

/** Makes the use cases of the consumer from the wired adapters, and measures them. */
export const storingUseCases = (
  get: Get,
  health: HealthDeps,
  { ACCEPT_GAP: acceptsGap = false, ANONYMISATION_KEY }: StoringSettings = {},
): StoringUseCases =>
  instrumentStoring(
    makeStoringUseCases({
      repository: {
        ...withSaveMetrics(get(tokens.repository), get(tokens.clock)),
        findByIds: (keys) => get(tokens.repository).findByIds(keys),
      },
      settledOffsets: get(tokens.settledOffsets),
      log: get(tokens.registeredTopic).log,
      isFirstLog: get(tokens.registeredTopic).isFirst,
      consumer: get(tokens.consumer),
      acceptsGap,
      resumeObserver: resumeLog(get(tokens.logger)),
      deadLetterQueue: withDeadLetterMetrics(get(tokens.deadLetterQueue)),
      projects: get(tokens.projects),
      ledger: get(tokens.ledger),
      digestUser,
      anonymiser: anonymiser(ANONYMISATION_KEY),
      clock: get(tokens.clock),
      pause: backOff,
      // How long a cancelled save may continue. 1 s is enough for a store that works, and does not delay a rebalance much.
      grace: () => delay(1000, undefined, { ref: false }),
      observer: withWatchdog(withOutageMetrics('store', outageLog(get(tokens.logger))), get(tokens.watchdog)),
      health,
    }),
  );

/** Makes the watchdog that decides whether the consumer makes progress, and logs changes of the consumer's state. */
export const progressWatchdog = (
  get: Get,
  { limits }: WatchOptions = defaultWatchOptions,
): ProgressWatchdog => new ProgressWatchdog(limits, progressLog(get(tokens.logger)));

/** Makes a consumer that replaces its group member when the member ends. Replacements are logged and counted. */
export function restartingConsumer(get: Get, make: () => EventConsumer): RestartingConsumer {
  const observer = progressLog(get(tokens.logger));
  return new RestartingConsumer({
    make,
    pause: backOff,
    onRestart: withRestartCounter((reason) => observer.restarted(reason)),
  });
}

/** Joins the consumer group, begins to store activities, and watches the progress. */
export async function startStoring(
  get: Get,
  { intervalMs }: WatchOptions = defaultWatchOptions,
): Promise<void> {
  const [consumer, watchdog] = [get(tokens.consumer), get(tokens.watchdog)];
  const { noticeRestoredStore, resumePartition, storeActivities } = get(tokens.storingUseCases);
  await consumer.start(storeActivities, resumePartition);
  measureLag(consumer);
  measureProgress(watchdog);
  const watchAbort = new AbortController();
  const stopWatching = (): void => watchAbort.abort();
  consumer.ended.then(stopWatching, stopWatching);
  const store = get(tokens.repository);
  // The watches reject only if they have a bug. The consumer must not run without them.
  Promise.all([
    watchProgress({ consumer, store, watchdog }, intervalMs, watchAbort.signal),
    watchStore(consumer, noticeRestoredStore, intervalMs, watchAbort.signal),
  ]).catch((bug: unknown) => consumer.giveUp(bug));
}
