import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  FixedClock,
  MemoryActivityRepository,
  MemoryDeadLetterQueue,
  MemoryDeadLetterRepository,
  MemoryEventPublisher,
  MemoryLog,
  MemoryStore,
  SequentialIds,
} from '@user-activity/adapter-memory';
import {
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
  WaitingRoom,
} from '@user-activity/application';
import { defaultMetadataBytes, type LogRecord } from '@user-activity/domain';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { expect, onTestFinished } from 'vitest';
import { buildFastify, type HttpServerOptions } from '../src/build-server.ts';
import { reservedIds } from '../src/reserved-ids.ts';
import { turns } from '../src/turns.ts';
import { recordingLogger } from './recording-logger.ts';

/** The API on adapters in memory, built as production builds it. It ends with the test. */
export interface Service {
  readonly app: FastifyInstance;
  readonly log: MemoryLog;
  readonly store: MemoryStore;
  readonly clock: FixedClock;
  readonly repository: MemoryActivityRepository;
  readonly outcomes: WaitingRoom;
  /** Every line that was logged, as JSON. */
  readonly lines: readonly string[];
  /** What the log holds. */
  logged(): readonly LogRecord[];
}

export async function service(options: Partial<HttpServerOptions> = {}): Promise<Service> {
  const { log, store, clock, repository, outcomes, lines, options: wired } = onMemory(options);
  const app = await buildFastify(wired);
  onTestFinished(() => app.close());
  return {
    app,
    log,
    store,
    clock,
    repository,
    outcomes,
    lines,
    logged() {
      const records = log.claim('test', 0, 10_000) ?? [];
      log.release('test', 0, 0);
      return records;
    },
  };
}

/** The options of an API on adapters in memory, and what is behind it. */
export function onMemory(changed: Partial<HttpServerOptions> = {}) {
  const log = new MemoryLog({ partitions: 1 });
  const store = new MemoryStore();
  const publisher = new MemoryEventPublisher(log);
  const repository = new MemoryActivityRepository(store);
  const letters = new MemoryDeadLetterRepository(store);
  const deadLetters = new MemoryDeadLetterQueue(store);
  const deps = {
    publisher,
    repository,
    letters,
    deadLetters,
    clock: new FixedClock(),
    ids: new SequentialIds(),
    rules: { maxMetadataBytes: changed.maxMetadataBytes ?? defaultMetadataBytes, reservedIds },
  };
  const outcomes = new WaitingRoom({ ...deps, sleep: () => nextTurn(), turns, most: 10 });
  const { logger, lines } = recordingLogger();
  const options: HttpServerOptions = {
    logActivity: makeLogActivity(deps),
    logAndWait: makeLogAndWait({ ...deps, outcomes }),
    logActivities: makeLogActivities(deps),
    logCalls: makeLogCalls(deps),
    findActivities: makeFindActivities(deps),
    countActivities: makeCountActivities(deps),
    activityStats: makeActivityStats({ ...deps, now: () => 0, maxMs: 10_000 }),
    findActivity: makeFindActivity(deps),
    findStatus: makeFindStatus(deps),
    findDeadLetters: makeFindDeadLetters(deps),
    replayDeadLetters: makeReplayDeadLetters({ ...deps, maxPortionMs: 40_000 }),
    checkHealth: makeCheckHealth({ log: [publisher], store: [repository] }),
    clock: deps.clock,
    scrapeMetrics: async () => '# nothing is measured\n',
    apiKeys: [],
    allowedHosts: [],
    webhookOrigins: ['*'],
    maxBatchSize: 100,
    maxBodyBytes: 100_000,
    maxMetadataBytes: defaultMetadataBytes,
    maxBytesInFlight: 100_000_000,
    maxConnections: 100,
    version: '1.2.3',
    logger,
    ...changed,
  };
  return { log, store, clock: deps.clock, repository, outcomes, lines, options };
}

/** What the test looks at of an answer; the body as JSON. */
export function seen(response: LightMyRequestResponse): { status: number; body: unknown } {
  return { status: response.statusCode, body: response.json() };
}

/** What `seen` gives of a refusal with such a detail. */
export const refusal = (status: number, detail: RegExp): object => ({
  status,
  body: { detail: expect.stringMatching(detail) as unknown },
});

const json = { 'content-type': 'application/json' };

export const post = (
  app: FastifyInstance,
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
) => app.inject({ method: 'POST', url, headers: { ...json, ...headers }, payload: JSON.stringify(body) });

export const postRaw = (
  app: FastifyInstance,
  payload: string | Buffer,
  headers: Record<string, string> = json,
) => app.inject({ method: 'POST', url: '/api/logs', headers, payload });
