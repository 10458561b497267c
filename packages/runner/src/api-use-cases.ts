import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type ApiUseCases,
  type DeadLetterRetention,
  FeedWatch,
  type HealthDeps,
  makeApiUseCases,
  OutcomeWaiter,
  withinQuota,
} from '@user-activity/application';
import { type EventLoop, type RecordingRules, Turns } from '@user-activity/domain';
import { anonymiser, digestUser } from './anonymisation.ts';
import { instrumentApi } from './metrics/instrument.ts';
import { droppedReadsCounter } from './metrics/dropped-reads-counter.ts';
import { withPublishMetrics } from './metrics/publish-metrics.ts';
import { withDeadLetterMetrics } from './metrics/storing-metrics.ts';
import { measureWaiter } from './metrics/waiting-metrics.ts';
import { tokens } from './tokens.ts';
import type { Get } from './wiring.ts';

/** Node's event loop, and its monotonic clock. */
const eventLoop: EventLoop = { defer: setImmediate, now: () => performance.now() };

// Limits for requests that wait for an outcome. Their metadata takes at most 32 MiB together. Comparing it needs twice as much memory.
const maxWaitingRequests = 1000;
const maxWaitingBytes = 32 * 1024 * 1024;

// A sweep of projects pauses after each 1,000 activities for as long as their removal took, but at least this long. So it keeps a store that
// does one thing at a time busy for at most half of the time.
const minSweepPauseMs = 50;

/** The settings of the use cases of the API. */
export interface ApiLimits {
  readonly recordingRules: Omit<RecordingRules, 'retentionOf'>;
  readonly deadLetterRetention: DeadLetterRetention;
  readonly ANONYMISATION_KEY: string | undefined;
  readonly LOG_READS: boolean;
  readonly PUBLISH_TIMEOUT_MS: number;
  readonly QUERY_TIMEOUT_MS: number;
}

/** Makes the use cases of the API from the wired adapters, and measures them. */
export function apiUseCases(get: Get, limits: ApiLimits, health: HealthDeps): ApiUseCases {
  const { PUBLISH_TIMEOUT_MS, QUERY_TIMEOUT_MS, ANONYMISATION_KEY } = limits;
  const useCases: ApiUseCases = instrumentApi(
    makeApiUseCases({
      clock: get(tokens.clock),
      ids: get(tokens.ids),
      rules: limits.recordingRules,
      publisher: withPublishMetrics(get(tokens.publisher)),
      repository: get(tokens.repository),
      deadLetters: get(tokens.deadLetters),
      // Sweeps for the quota use the instrumented use case, so metrics include them.
      deadLetterQueue: withinQuota(withDeadLetterMetrics(get(tokens.deadLetterQueue)), (reason) =>
        useCases.sweepDeadLetters(reason),
      ),
      outcomeWaiter: get(tokens.outcomeWaiter),
      feed: get(tokens.feed),
      followedLog: get(tokens.followedLog),
      feedWatch: get(tokens.feedWatch),
      health,
      retention: limits.deadLetterRetention,
      ledger: get(tokens.ledger),
      digestUser,
      anonymiser: anonymiser(ANONYMISATION_KEY),
      canAnonymise: ANONYMISATION_KEY !== undefined,
      settleMs: 2 * get(tokens.sessionMs),
      projects: get(tokens.projects),
      projectTable: get(tokens.projectTable),
      keys: get(tokens.keys),
      keyTable: get(tokens.keyTable),
      secrets: get(tokens.secrets),
      outbox: get(tokens.outbox),
      logReads: limits.LOG_READS,
      onReadDropped: droppedReadsCounter(),
      digest: (text) => createHash('sha256').update(text).digest('hex'),
      pauseSweep: (tookMs) => delay(Math.max(minSweepPauseMs, tookMs), undefined, { ref: false }),
      // One query, and one removal. MongoDB may take two timeouts for the removal.
      maxSweepPortionMs: 3 * QUERY_TIMEOUT_MS,
      now: eventLoop.now,
      maxStatsMs: QUERY_TIMEOUT_MS,
      // One append to the log, and one removal from the store. MongoDB may take three timeouts: one to
      // select a server, and two for its response.
      maxReplayPortionMs: PUBLISH_TIMEOUT_MS + 3 * QUERY_TIMEOUT_MS,
    }),
  );
  return useCases;
}

/** Makes the watch by which readers of the feed wait for news. */
export const feedWatch = (get: Get): FeedWatch =>
  new FeedWatch({
    feed: get(tokens.feed),
    followedLog: get(tokens.followedLog),
    sleep: (ms) => delay(ms, undefined, { ref: false }),
  });

/** Makes the waiter for the outcomes of activities. The larger the metadata of an activity may be, the fewer requests may wait. */
export const outcomeWaiter = (
  get: Get,
  {
    maxMetadataBytes,
    ANONYMISATION_KEY,
  }: Pick<RecordingRules, 'maxMetadataBytes'> & Pick<ApiLimits, 'ANONYMISATION_KEY'>,
): OutcomeWaiter =>
  measureWaiter(
    new OutcomeWaiter({
      repository: get(tokens.repository),
      deadLetters: get(tokens.deadLetters),
      projects: get(tokens.projects),
      ledger: get(tokens.ledger),
      digestUser,
      anonymiser: anonymiser(ANONYMISATION_KEY),
      clock: get(tokens.clock),
      turns: new Turns(eventLoop),
      sleep: (ms) => delay(ms, undefined, { ref: false }),
      max: Math.min(maxWaitingRequests, Math.floor(maxWaitingBytes / maxMetadataBytes)),
    }),
  );
