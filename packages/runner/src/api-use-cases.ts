import { setTimeout as delay } from 'node:timers/promises';
import {
  type ApiUseCases,
  type DeadLetterRetention,
  type HealthDeps,
  makeApiUseCases,
  OutcomeWaiter,
  withinQuota,
} from '@user-activity/application';
import { type RecordingRules, Turns } from '@user-activity/domain';
import { eventLoop } from './event-loop.ts';
import { instrumentApi } from './metrics/instrument.ts';
import { measuredPublisher } from './metrics/publish-metrics.ts';
import { measuredLetters } from './metrics/storing-metrics.ts';
import { measuredWaiting } from './metrics/waiting-metrics.ts';
import { tokens } from './tokens.ts';
import type { Get } from './wiring.ts';

// The metadata of those that wait takes 32 MiB at most, twice while it is compared.
const maxWaiting = 1000;
const maxWaitingBytes = 32 * 1024 * 1024;

/** What the use cases of the API record, how long they keep dead letters, and how long they wait for log and store. */
export interface ApiLimits {
  readonly recordingRules: RecordingRules;
  readonly deadLetterRetention: DeadLetterRetention;
  readonly PUBLISH_TIMEOUT_MS: number;
  readonly QUERY_TIMEOUT_MS: number;
}

/** The use cases of the API on the ports that are wired, measured. */
export function apiUseCases(get: Get, limits: ApiLimits, health: HealthDeps): ApiUseCases {
  const {
    recordingRules: rules,
    deadLetterRetention: retention,
    PUBLISH_TIMEOUT_MS,
    QUERY_TIMEOUT_MS,
  } = limits;
  const useCases: ApiUseCases = instrumentApi(
    makeApiUseCases({
      clock: get(tokens.clock),
      ids: get(tokens.ids),
      rules,
      publisher: measuredPublisher(get(tokens.publisher)),
      repository: get(tokens.repository),
      deadLetters: get(tokens.letters),
      // By way of the record, so that a sweep that the quota asks for is measured too.
      deadLetterQueue: withinQuota(measuredLetters(get(tokens.deadLetters)), (why) =>
        useCases.sweepDeadLetters(why),
      ),
      outcomeWaiter: get(tokens.outcomes),
      health,
      retention,
      now: eventLoop.now,
      maxStatsMs: QUERY_TIMEOUT_MS,
      // It is appended once, and removed: the store looks for a server and then waits twice as long for its answer.
      maxReplayPortionMs: PUBLISH_TIMEOUT_MS + 3 * QUERY_TIMEOUT_MS,
    }),
  );
  return useCases;
}

/** The requests that wait for an outcome; as many as their metadata leaves room for. */
export const waitingRoom = (get: Get, { maxMetadataBytes }: RecordingRules): OutcomeWaiter =>
  measuredWaiting(
    new OutcomeWaiter({
      repository: get(tokens.repository),
      deadLetters: get(tokens.letters),
      turns: new Turns(eventLoop),
      sleep: (ms) => delay(ms, undefined, { ref: false }),
      max: Math.min(maxWaiting, Math.floor(maxWaitingBytes / maxMetadataBytes)),
    }),
  );
