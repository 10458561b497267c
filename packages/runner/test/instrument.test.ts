import 'reflect-metadata';
import {
  FixedClock,
  MemoryActivityFeed,
  MemoryActivityRepository,
  MemoryDeadLetterQueue,
  MemoryDeadLetterRepository,
  MemoryErasureLedger,
  MemoryEventConsumer,
  MemoryEventPublisher,
  MemoryKeyRepository,
  MemoryLog,
  MemoryMetrics,
  MemoryOutbox,
  MemorySettledOffsets,
  MemoryProjectRepository,
  MemoryStore,
  SequentialIds,
  SequentialSecrets,
} from '@user-activity/adapter-memory';
import * as application from '@user-activity/application';
import { edgeTopic, LogId, ProjectId } from '@user-activity/domain';
import { container } from 'tsyringe';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  apiUseCases,
  feedWatch,
  makeLogger,
  outcomeWaiter,
  progressWatchdog,
  restartingConsumer,
  storingUseCases,
  tokens,
  Wiring,
} from '../src/index.ts';

type UseCase = (...args: never[]) => Promise<unknown>;

let metrics: MemoryMetrics;
beforeEach(() => {
  metrics = new MemoryMetrics();
});
afterEach(() => metrics.stop());

/** Makes both records of use cases on adapters in memory, as an app does. */
function setUp() {
  const wiring = new Wiring(container.createChildContainer());
  const store = new MemoryStore();
  const recordingRules = { maxMetadataBytes: 1000, reservedIds: new Set<string>() };
  const limits = {
    recordingRules,
    deadLetterRetention: { edgeDays: 30, logDays: undefined },
    ANONYMISATION_KEY: undefined,
    LOG_READS: false,
    PUBLISH_TIMEOUT_MS: 1000,
    QUERY_TIMEOUT_MS: 1000,
  };
  const health = { log: [], store: [] };
  wiring.provide(tokens.logger, () => makeLogger('fatal'));
  wiring.provide(tokens.clock, () => new FixedClock());
  wiring.provide(tokens.ids, () => new SequentialIds());
  wiring.provide(tokens.publisher, () => new MemoryEventPublisher(new MemoryLog({ partitions: 1 })));
  wiring.provide(tokens.repository, () => new MemoryActivityRepository(store));
  wiring.provide(tokens.deadLetters, () => new MemoryDeadLetterRepository(store));
  wiring.provide(tokens.deadLetterQueue, () => new MemoryDeadLetterQueue(store));
  wiring.provide(tokens.ledger, () => new MemoryErasureLedger(store));
  wiring.provide(tokens.sessionMs, () => 0);
  wiring.provide(tokens.projects, () => new MemoryProjectRepository(store));
  wiring.provide(tokens.keys, () => new MemoryKeyRepository(store));
  wiring.provide(tokens.outbox, () => new MemoryOutbox(store));
  wiring.provide(tokens.secrets, () => new SequentialSecrets());
  const now = (): number => performance.now();
  wiring.provide(tokens.projectTable, () => new application.ProjectTable(undefined, now));
  wiring.provide(
    tokens.keyTable,
    (get) => new application.KeyTable({ clock: get(tokens.clock), now, graceMs: 60_000 }),
  );
  const feed = new MemoryActivityFeed(store);
  const log = LogId.parse('log-1');
  wiring.provide(tokens.feed, () => feed);
  wiring.provide(
    tokens.followedLog,
    () => new application.FollowedLog({ feed, findLog: async () => log }, log),
  );
  wiring.provide(tokens.feedWatch, (get) => feedWatch(get));
  wiring.provide(tokens.outcomeWaiter, (get) => outcomeWaiter(get, { ...limits, ...recordingRules }));
  wiring.provide(tokens.watchdog, (get) => progressWatchdog(get));
  wiring.provide(tokens.apiUseCases, (get) => apiUseCases(get, limits, health));
  const registeredTopic = { partitions: 1, log, isFirst: true };
  wiring.provide(tokens.settledOffsets, () => new MemorySettledOffsets(store));
  wiring.provide(tokens.registeredTopic, () => registeredTopic);
  wiring.provide(tokens.consumer, (get) => restartingConsumer(get, () => new MemoryEventConsumer()));
  wiring.provide(tokens.storingUseCases, (get) => storingUseCases(get, health));
  return { api: wiring.get(tokens.apiUseCases), storing: wiring.get(tokens.storingUseCases) };
}

/** Returns the names under which calls were measured. */
async function measuredNames(): Promise<ReadonlySet<unknown>> {
  const readings = await metrics.read('user_activity.use_case.duration');
  return new Set(readings.map(({ attributes }) => attributes['user_activity.use_case']));
}

test('each use case of both records is measured under its own name', async () => {
  const { api, storing } = setUp();
  const called = new Set<string>();
  for (const record of [api, storing])
    for (const [name, useCase] of Object.entries<UseCase>(record)) {
      // Most calls fail because they have no arguments. Failed calls are measured too.
      await useCase().catch(() => undefined);
      called.add(name);
      expect(await measuredNames()).toEqual(called);
    }
});

test('application exports no use case that is not measured, but those for moves and for the start', () => {
  const makers = Object.keys(application).filter((name) => name.startsWith('make'));
  const measured = ['makeApiUseCases', 'makeStoringUseCases'];
  // The command line moves data with the first two. The last is called only at the start of a process.
  const unmeasured = ['makeMovingUseCases', 'makeRelayAuditEvents', 'makeRegisterLog'];
  expect(new Set(makers)).toEqual(new Set([...measured, ...unmeasured]));
});

test('accepted activities are counted in each use case that accepts them', async () => {
  const { api } = setUp();
  const draft = { userId: '1', type: 'LOGIN' };
  await api.logActivity({ project: ProjectId.default }, draft);
  await api.logActivities({ project: ProjectId.default }, [[draft, {}]]);
  const original = () => ({
    origin: { topic: edgeTopic, partition: 0, offset: 0 },
    key: null,
    value: null,
    headers: {},
  });
  const mended = { activity: draft, losses: [] };
  await api.logCalls({ project: ProjectId.default }, [
    [{ id: undefined, draft: mended, undated: () => mended, original }],
  ]);
  const ended = new AbortController();
  ended.abort();
  await api.logAndWait({ project: ProjectId.default }, draft, ended.signal);
  expect(await metrics.read('user_activity.activities.accepted')).toMatchObject([{ value: 4 }]);
  expect(await metrics.read('user_activity.activities.rejected')).toMatchObject([{ value: 1 }]);
});

test('a sweep for the quota is measured like any other sweep', async () => {
  const { api } = setUp();
  const value = new Uint8Array(1024 * 1024);
  const calls = Array.from({ length: 17 }, (_, offset) => {
    const draft = { activity: {}, losses: [] };
    const origin = { topic: edgeTopic, partition: 0, offset };
    const original = () => ({ origin, key: null, value, headers: {} });
    return { id: undefined, draft, undated: () => draft, original };
  });
  await api.logCalls({ project: ProjectId.default }, [calls]);
  expect(await measuredNames()).toEqual(new Set(['logCalls', 'sweepDeadLetters']));
  expect(await metrics.read('user_activity.dead_letters.edge.size')).toHaveLength(1);
});
