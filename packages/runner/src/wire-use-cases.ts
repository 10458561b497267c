import { setTimeout as delay } from 'node:timers/promises';
import {
  type DeadLetterRetention,
  type HealthDeps,
  makeActivityStats,
  makeCheckHealth,
  makeCountActivities,
  makeFindActivities,
  makeFindActivity,
  makeFindDeadLetters,
  makeFindStatus,
  makeLogActivities,
  makeLogActivity,
  makeLogAndWait,
  makeLogCalls,
  makeReplayDeadLetters,
  makeStoreActivities,
  makeSweepDeadLetters,
  ProgressWatchdog,
  WaitingRoom,
  withinQuota,
} from '@user-activity/application';
import type { EventConsumer, RecordingRules } from '@user-activity/domain';
import { backOff, briefGrace, outageLog } from './back-off.ts';
import type { Logger } from './logger.ts';
import { measureLag } from './metrics/lag-metrics.ts';
import { measured } from './metrics/measured.ts';
import { countedRestarts, measureProgress } from './metrics/progress-metrics.ts';
import { measuredPublisher } from './metrics/publish-metrics.ts';
import {
  measuredLetters,
  measuredOutages,
  measuredSaves,
  storingMetrics,
} from './metrics/storing-metrics.ts';
import { sweepMetrics } from './metrics/sweep-metrics.ts';
import { takingMetrics } from './metrics/taking-metrics.ts';
import { measuredWaiting } from './metrics/waiting-metrics.ts';
import { progressLog } from './progress-log.ts';
import { RestartingConsumer } from './restarting-consumer.ts';
import { sweepRegularly } from './sweep-regularly.ts';
import { SystemClock } from './system-clock.ts';
import { tokens } from './tokens.ts';
import { UuidIds } from './uuid-ids.ts';
import { alsoTelling, patient, type Watching, watchProgress } from './watch-progress.ts';
import type { Get, Wiring } from './wiring.ts';

// The metadata of waiting requests takes at most 32 MiB, and twice that while it is compared.
const maxWaiting = 1000;
const maxWaitingBytes = 32 * 1024 * 1024;

/** Wires what every app has, whatever engines it uses. */
export function wireProcess(wiring: Wiring, logger: Logger, health: (get: Get) => HealthDeps): void {
  wiring.provide(tokens.logger, () => logger);
  wiring.provide(tokens.clock, () => new SystemClock());
  wiring.provide(tokens.checkHealth, (get) => measured('checkHealth', makeCheckHealth(health(get))));
}

/** The limits of the API's use cases: recording rules, retention of dead letters, and time-outs of log and store. */
interface ApiLimits {
  readonly recordingRules: RecordingRules;
  readonly deadLetterRetention: DeadLetterRetention;
  readonly PUBLISH_TIMEOUT_MS: number;
  readonly QUERY_TIMEOUT_MS: number;
}

/** Wires the use cases of the API. They need publisher, repository, dead letter repository and dead letter queue. */
export function wireApi(
  wiring: Wiring,
  { recordingRules: rules, deadLetterRetention: retention, PUBLISH_TIMEOUT_MS, QUERY_TIMEOUT_MS }: ApiLimits,
): void {
  wiring.provide(tokens.ids, () => new UuidIds());
  const recording = (get: Get) => ({
    publisher: measuredPublisher(get(tokens.publisher)),
    clock: get(tokens.clock),
    ids: get(tokens.ids),
    rules,
  });
  wiring.provide(tokens.logActivity, (get) =>
    measured('logActivity', makeLogActivity(recording(get)), takingMetrics().one),
  );
  wiring.provide(tokens.logActivities, (get) =>
    measured('logActivities', makeLogActivities(recording(get)), takingMetrics().many),
  );
  wiring.provide(tokens.logCalls, (get) =>
    measured(
      'logCalls',
      makeLogCalls({
        ...recording(get),
        deadLetters: withinQuota(measuredLetters(get(tokens.deadLetters)), get(tokens.sweepDeadLetters)),
      }),
      takingMetrics().many,
    ),
  );
  wiring.provide(
    tokens.outcomes,
    (get) =>
      measuredWaiting(
        new WaitingRoom({
          repository: get(tokens.repository),
          letters: get(tokens.letters),
          sleep: (ms) => delay(ms, undefined, { ref: false }),
          most: Math.min(maxWaiting, Math.floor(maxWaitingBytes / rules.maxMetadataBytes)),
        }),
      ),
    async (room) => room.close(),
  );
  wiring.provide(tokens.logAndWait, (get) =>
    measured(
      'logAndWait',
      makeLogAndWait({ ...recording(get), outcomes: get(tokens.outcomes) }),
      takingMetrics().one,
    ),
  );
  wiring.provide(tokens.findStatus, (get) =>
    measured(
      'findStatus',
      makeFindStatus({ repository: get(tokens.repository), letters: get(tokens.letters) }),
    ),
  );
  wiring.provide(tokens.findActivities, (get) =>
    measured('findActivities', makeFindActivities({ repository: get(tokens.repository) })),
  );
  wiring.provide(tokens.countActivities, (get) =>
    measured('countActivities', makeCountActivities({ repository: get(tokens.repository) })),
  );
  wiring.provide(tokens.findActivity, (get) =>
    measured('findActivity', makeFindActivity({ repository: get(tokens.repository) })),
  );
  wiring.provide(tokens.activityStats, (get) =>
    measured(
      'activityStats',
      makeActivityStats({
        repository: get(tokens.repository),
        clock: get(tokens.clock),
        maxMs: QUERY_TIMEOUT_MS,
      }),
    ),
  );
  wiring.provide(tokens.findDeadLetters, (get) =>
    measured('findDeadLetters', makeFindDeadLetters({ letters: get(tokens.letters) })),
  );
  wiring.provide(tokens.replayDeadLetters, (get) =>
    measured(
      'replayDeadLetters',
      makeReplayDeadLetters({
        letters: get(tokens.letters),
        publisher: measuredPublisher(get(tokens.publisher)),
        clock: get(tokens.clock),
        // One append and one removal: the store looks for a server, then waits twice as long for it.
        maxPortionMs: PUBLISH_TIMEOUT_MS + 3 * QUERY_TIMEOUT_MS,
      }),
    ),
  );
  wiring.provide(tokens.sweepDeadLetters, (get) =>
    measured(
      'sweepDeadLetters',
      makeSweepDeadLetters({ letters: get(tokens.letters), clock: get(tokens.clock), retention }),
      sweepMetrics(),
    ),
  );
}

/** Sweeps the dead letters until the returned function is called, which does not wait. Every process that serves the API does this. */
export function startSweeping(get: Get): () => void {
  const over = new AbortController();
  // It rejects only because of a bug, which the log must show.
  sweepRegularly(get(tokens.sweepDeadLetters), get(tokens.logger), over.signal).catch((bug: unknown) =>
    get(tokens.logger).error(
      { err: bug },
      'unexpected error, old dead letters are not removed any more; restart this process',
    ),
  );
  return () => over.abort();
}

/** Wires the storing side. It needs the repository and the dead letter queue; `make` makes a member of the consumer group. */
export function wireStoring(
  wiring: Wiring,
  make: (get: Get) => EventConsumer,
  { limits }: Watching = patient,
): void {
  wiring.provide(tokens.watchdog, (get) => new ProgressWatchdog(limits, progressLog(get(tokens.logger))));
  wiring.provide(tokens.storeActivities, (get) =>
    measured(
      'storeActivities',
      makeStoreActivities({
        repository: measuredSaves(get(tokens.repository), get(tokens.clock)),
        deadLetters: measuredLetters(get(tokens.deadLetters)),
        clock: get(tokens.clock),
        pause: backOff,
        grace: briefGrace,
        observer: alsoTelling(measuredOutages('store', outageLog(get(tokens.logger))), get(tokens.watchdog)),
      }),
      storingMetrics(),
    ),
  );
  wiring.provide(
    tokens.consumer,
    (get) => {
      const observer = progressLog(get(tokens.logger));
      return new RestartingConsumer({
        make: () => make(get),
        pause: backOff,
        restarted: countedRestarts((reason) => observer.restarted(reason)),
      });
    },
    (consumer) => consumer.stop(),
  );
}

/** Joins the group, starts storing, and watches the progress. */
export async function startStoring(get: Get, { everyMs }: Watching = patient): Promise<void> {
  const [consumer, watchdog] = [get(tokens.consumer), get(tokens.watchdog)];
  await consumer.start(get(tokens.storeActivities));
  measureLag(consumer);
  measureProgress(watchdog);
  const over = new AbortController();
  const end = (): void => over.abort();
  consumer.ended.then(end, end);
  const store = get(tokens.repository);
  // It rejects only because of a bug. Without the watch the consumer must not go on.
  watchProgress({ consumer, store, watchdog }, everyMs, over.signal).catch((bug: unknown) =>
    consumer.giveUp(bug),
  );
}
