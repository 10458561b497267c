import { setTimeout as delay } from 'node:timers/promises';
import { Type } from '@sinclair/typebox';
import { MemoryProjectRepository } from '@user-activity/adapter-memory';
import { LogId, ProjectId } from '@user-activity/domain';
import {
  apiSettings,
  apiVariables,
  makeLogger,
  processSettings,
  processVariables,
  readVariables,
  SystemClock,
  tokens,
  UuidIds,
  Wiring,
} from '@user-activity/runner';
import { freePorts } from '@user-activity/test-kit';
import { container } from 'tsyringe';
import { expect, onTestFinished, test, vi } from 'vitest';
import {
  EngineChoice,
  everyEngine,
  type OpenEngines,
  provideApiServer,
  provideApiUseCases,
  provideConsumer,
  provideFeed,
  providePublisher,
  provideStore,
  serverToken,
  startService,
} from '../src/index.ts';
import { memoryEngines } from './memory-engine.ts';

const logger = makeLogger('silent' as 'fatal');

// How long to wait for a condition. It is long, so that a slow machine does not fail the tests.
const patience = { timeout: 60_000 };

/** Offers the logs and stores of the service, and one more of each. */
function withMemory() {
  const memory = memoryEngines();
  const choice = new EngineChoice({
    logs: [...everyEngine.logs, memory.memoryLog],
    stores: [...everyEngine.stores, memory.memoryStore],
  });
  return { ...memory, choice };
}

/** Starts API and consumer in one process, as apps/standalone does. */
function start({ choice }: Pick<ReturnType<typeof withMemory>, 'choice'>, port: number) {
  const schema = Type.Object({ ...processVariables(port), ...apiVariables, ...choice.variables });
  const environment = { MEMORY_TOPIC: 'activities', MEMORY_STORE: 'here' };
  const values = readVariables(schema, environment, (given) => choice.faults(given));
  const settings = { ...processSettings(values), ...apiSettings(values) };
  const config = { ...settings, engines: choice.settings(values) };
  const { signal } = new AbortController();
  const wired = (fill: (wiring: Wiring, engines: OpenEngines) => void) => (engines: OpenEngines) => {
    const wiring = new Wiring(container.createChildContainer());
    wiring.provide(tokens.logger, () => logger);
    wiring.provide(tokens.clock, () => new SystemClock());
    wiring.provide(tokens.ids, () => new UuidIds());
    provideStore(wiring, engines);
    fill(wiring, engines);
    return wiring;
  };
  return startService(config, logger, signal, async ({ closers, telemetry, ...service }) => {
    const [storing, serving] = closers.split();
    const consumer = await service.startConsumer(
      storing,
      wired((wiring, engines) =>
        provideConsumer(wiring, engines, { ACCEPT_GAP: false, ANONYMISATION_KEY: undefined }),
      ),
    );
    const compose = wired((wiring, engines) => {
      providePublisher(wiring, engines, config);
      provideFeed(wiring, engines);
      provideApiUseCases(wiring, config, consumer);
      provideApiServer(wiring, config, { version: '1.2.3', ...telemetry }, consumer);
    });
    const api = await service.startApi(serving, compose, config.QUERY_TIMEOUT_MS);
    const { consumer: member, watchdog, storingUseCases, registeredTopic, settledOffsets, ...ofApi } = tokens;
    for (const token of [member, watchdog, storingUseCases, registeredTopic, settledOffsets])
      expect(consumer<unknown>(token)).toBeDefined();
    for (const token of Object.values(ofApi)) expect(api<unknown>(token)).toBeDefined();
    expect(await api(serverToken)).toBeDefined();
    return { url: await service.listen(api), failed: consumer(tokens.consumer).ended };
  });
}

const read = async (url: string): Promise<{ status: number; body: unknown }> => {
  const response = await fetch(url);
  return { status: response.status, body: await response.json() };
};

test('a third log and store serve the whole service: an activity is logged, stored and read', async () => {
  const memory = withMemory();
  const app = await start(memory, 0);
  onTestFinished(() => app.stop());
  const response = await fetch(`${app.url}/api/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'wait=30' },
    body: JSON.stringify({ userId: 'anna', type: 'LOGIN' }),
  });
  expect(response.status).toBe(201);
  const [topic] = memory.store.topics.get('activities') ?? [];
  expect(topic).toMatchObject({ partitions: memory.log.partitions });
  expect([...memory.store.origins.values()]).toMatchObject([{ log: topic?.log, offset: 0 }]);
  const settled = () => [...memory.store.settled].map(([log, offsets]) => [log, Math.max(...offsets)]);
  await vi.waitFor(() => expect(settled()).toEqual([[topic?.log, 1]]), patience);
  expect(await read(`${app.url}/api/logs?userId=anna`)).toMatchObject({
    status: 200,
    body: { data: [{ userId: 'anna', type: 'LOGIN' }] },
  });
  expect(await read(`${app.url}/health/ready`)).toMatchObject({
    status: 200,
    body: { checks: { log: 'ok', store: 'ok', progress: 'ok' } },
  });
  const { body: history } = await read(`${app.url}/api/health/history`);
  const times = expect.objectContaining({ p50: expect.any(Number) as number }) as object;
  expect(history).toMatchObject({
    data: [{ accepted: 1, stored: 1, deadLettered: 0, lag: 0, storedAfterMs: times }],
  });
  await app.stop();
  expect(memory.closed.toSorted()).toEqual(['log', 'log', 'store', 'store']);
});

test('the limits of projects apply from the first request on, even if the store is slow', async () => {
  const memory = withMemory();
  const limits = { storedBytes: 1 };
  memory.store.projectSettings.set(ProjectId.default, { retentionDays: undefined, limits });
  const { findSettings } = MemoryProjectRepository.prototype;
  const slow = vi.spyOn(MemoryProjectRepository.prototype, 'findSettings');
  slow.mockImplementation(async function findSlowly(this: MemoryProjectRepository) {
    await delay(300);
    return findSettings.call(this);
  });
  onTestFinished(() => slow.mockRestore());
  const app = await start(memory, 0);
  onTestFinished(() => app.stop());
  const response = await fetch(`${app.url}/api/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ userId: 'anna', type: 'LOGIN' }),
  });
  expect(response.status).toBe(429);
});

test('a start waits for a third store, and health names the missing store until then', async () => {
  const memory = withMemory();
  memory.store.reachable = false;
  const [port = 0] = await freePorts(1);
  const starting = start(memory, port);
  const health = () => read(`http://127.0.0.1:${port}/health/ready`);
  await vi.waitFor(
    async () =>
      expect(await health()).toMatchObject({
        status: 503,
        body: { checks: { log: 'ok', store: 'unavailable' } },
      }),
    patience,
  );
  memory.store.reachable = true;
  const app = await starting;
  onTestFinished(() => app.stop());
  await vi.waitFor(async () => expect(await health()).toMatchObject({ status: 200 }), patience);
});

test('the start fails if the number of partitions has changed, and closes what was opened', async () => {
  const memory = withMemory();
  const topic = { partitions: 99, log: LogId.parse('log-1'), isFirst: true, topicId: undefined };
  memory.store.topics.set('activities', [topic]);
  await expect(start(memory, 0)).rejects.toThrow('The topic activities has 3 partitions and began with 99.');
  expect(memory.closed.toSorted()).toEqual(['log', 'store']);
});
