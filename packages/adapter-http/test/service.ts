import { createHash } from 'node:crypto';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import {
  FixedClock,
  MemoryActivityFeed,
  MemoryActivityRepository,
  MemoryDeadLetterQueue,
  MemoryDeadLetterRepository,
  MemoryErasureLedger,
  MemoryEventPublisher,
  MemoryKeyRepository,
  MemoryLog,
  MemoryOutbox,
  MemoryProjectRepository,
  MemoryStore,
  SequentialIds,
  SequentialSecrets,
} from '@user-activity/adapter-memory';
import {
  type Anonymiser,
  type ApiUseCases,
  type DigestUser,
  FeedWatch,
  FollowedLog,
  KeyTable,
  makeApiUseCases,
  usageFinder,
  OutcomeWaiter,
  ProjectTable,
} from '@user-activity/application';
import {
  defaultMetadataBytes,
  LogId,
  type LogRecord,
  type RetentionDays,
  UserDigest,
  UserId,
} from '@user-activity/domain';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { expect, onTestFinished } from 'vitest';
import { buildFastify, type HttpServerOptions } from '../src/build-server.ts';
import { turns } from '../src/bodies/turns.ts';
import { reservedIds } from '../src/openapi/reserved-ids.ts';
import { recordingLogger } from './recording-logger.ts';

/** The API on adapters in memory, built as production builds it. It stops at the end of the test. */
export interface Service {
  readonly app: FastifyInstance;
  readonly log: MemoryLog;
  readonly store: MemoryStore;
  readonly clock: FixedClock;
  readonly repository: MemoryActivityRepository;
  readonly outcomeWaiter: OutcomeWaiter;
  readonly feedWatch: FeedWatch;
  /** Every line that was logged, as JSON. */
  readonly lines: readonly string[];
  /** The monotonic clock, in milliseconds, for the limits of outages and of usage. */
  readonly keyClock: { nowMs: number };
  /** Reads the API keys, as the runner does regularly. */
  refreshKeys(): Promise<void>;
  /** Carries out erasures, as the runner does regularly. */
  sweep(): Promise<unknown>;
  /** Publishes the events of reads that wait in the outbox, as the runner does regularly. */
  flushReadLog(): Promise<void>;
  /** The records that the log holds. */
  logged(): readonly LogRecord[];
}

/** What a test changes: options of the server, and single use cases. */
export interface Changed extends Partial<Omit<HttpServerOptions, 'useCases'>> {
  readonly useCases?: Partial<ApiUseCases>;
  /** Whether the deployment logs reads. Default: false. */
  readonly logReads?: boolean;
  /** Whether the deployment can anonymise. Default: true. */
  readonly canAnonymise?: boolean;
  /** The retention of the deployment, in days. */
  readonly retentionDays?: RetentionDays;
}

export async function service(options: Changed = {}): Promise<Service> {
  const { options: wired, ...parts } = onMemory(options);
  await wired.useCases.refreshKeys();
  const { log } = parts;
  const app = await buildFastify(wired);
  onTestFinished(() => app.close());
  return {
    app,
    ...parts,
    flushReadLog: async () => void (await wired.useCases.flushReadLog()),
    refreshKeys: () => wired.useCases.refreshKeys(),
    sweep: () => wired.useCases.sweepProjects('erasure'),
    logged() {
      const records = log.claim('test', 0, 10_000)?.records ?? [];
      log.release('test', 0, 0);
      return records;
    },
  };
}

export const digestUser: DigestUser = (user) =>
  UserDigest.trusted(createHash('sha256').update(user).digest('base64url'));

export const anonymiser: Anonymiser = {
  replace: (_, userId) => UserId.parse(`anon ${userId}`),
  encode: (text) => Buffer.from(text),
};

/** The id of the log that has the activities. */
export const logId = LogId.parse('log-1');

/** The feed has what is saved at offsets of partition 0 below this one. */
const settledOffset = 100;

/** Makes the options of an API on adapters in memory, and returns the adapters too. */
export function onMemory(changed: Changed = {}) {
  const log = new MemoryLog({ partitions: 1 });
  const store = new MemoryStore();
  store.settled.set(logId, [settledOffset]);
  const publisher = new MemoryEventPublisher(log);
  const repository = new MemoryActivityRepository(store);
  const deadLetters = new MemoryDeadLetterRepository(store);
  const deadLetterQueue = new MemoryDeadLetterQueue(store);
  const projects = new MemoryProjectRepository(store);
  const deps = {
    publisher,
    repository,
    deadLetters,
    deadLetterQueue,
    clock: new FixedClock(),
    ids: new SequentialIds(),
    rules: { maxMetadataBytes: changed.maxMetadataBytes ?? defaultMetadataBytes, reservedIds },
  };
  const keys = new MemoryKeyRepository(store);
  const secrets = new SequentialSecrets();
  const keyClock = { nowMs: 0 };
  const now = (): number => keyClock.nowMs;
  const keyTable = new KeyTable({ clock: deps.clock, now, graceMs: 86_400_000 });
  const projectTable = new ProjectTable(changed.retentionDays, now);
  const erasing = { ledger: new MemoryErasureLedger(store), digestUser, anonymiser };
  const outcomeWaiter = new OutcomeWaiter({
    ...deps,
    ...erasing,
    projects,
    sleep: () => nextTurn(),
    turns,
    max: 10,
  });
  const feed = new MemoryActivityFeed(store);
  const followedLog = new FollowedLog({ feed, findLog: async () => logId }, logId);
  const feedWatch = new FeedWatch({ feed, followedLog, sleep: (ms) => delay(ms, undefined, { ref: false }) });
  const useCases = makeApiUseCases({
    ...deps,
    feed,
    followedLog,
    feedWatch,
    outcomeWaiter,
    health: { log: [publisher], store: [repository], progress: changed.progress },
    retention: { edgeDays: 30, logDays: undefined },
    ...erasing,
    canAnonymise: changed.canAnonymise ?? true,
    settleMs: 0,
    projects,
    keys,
    projectTable,
    keyTable,
    secrets,
    outbox: new MemoryOutbox(store),
    logReads: changed.logReads ?? false,
    onReadDropped: () => undefined,
    digest: (text) => createHash('sha256').update(text).digest('hex'),
    pauseSweep: () => nextTurn(),
    maxSweepPortionMs: 1000,
    now: () => 0,
    maxStatsMs: 10_000,
    maxReplayPortionMs: 40_000,
  });
  const { logger, lines } = recordingLogger();
  const options: HttpServerOptions = {
    clock: deps.clock,
    scrapeMetrics: async () => '# nothing is measured\n',
    readHistory: async () => [],
    apiKeys: [],
    authenticate: keyTable.authenticate,
    allowsOrigin: keyTable.allowsOrigin,
    findUsage: usageFinder(keyTable, projectTable, now),
    allowedHosts: [],
    webhookOrigins: ['*'],
    trustedProxies: [],
    // Tests run in the same event loop, and may block it.
    maxEventLoopDelayMs: Number.POSITIVE_INFINITY,
    maxBatchSize: 100,
    maxBodyBytes: 100_000,
    maxMetadataBytes: defaultMetadataBytes,
    maxBytesInFlight: 100_000_000,
    maxConnections: 100,
    version: '1.2.3',
    logger,
    ...changed,
    useCases: { ...useCases, ...changed.useCases },
  };
  return { log, store, clock: deps.clock, repository, feedWatch, outcomeWaiter, lines, options, keyClock };
}

/** Returns what a test compares of a response. The body is parsed if it is JSON, and text otherwise. */
export function seen(response: LightMyRequestResponse): { status: number; body: unknown } {
  const isJson = /^application\/(?:problem\+)?json/.test(String(response.headers['content-type']));
  return { status: response.statusCode, body: isJson ? response.json() : response.body };
}

/** Matches what `seen` returns for a refusal with such a detail. */
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
