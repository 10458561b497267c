import { connect, type Socket } from 'node:net';
import { DomainError, FeedPosition } from '@user-activity/domain';
import { sampleActivity } from '@user-activity/port-contracts';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { buildServer } from '../../src/build-server.ts';
import { FeedCursor } from '../../src/feed/feed-cursor.ts';
import { readerSlots } from '../../src/feed/reader-slots.ts';
import { asRoot, makeKey, rootKey } from '../access/key-requests.ts';
import { measureBytes, until } from '../bytes-held.ts';
import { logId, onMemory, type Service, service } from '../service.ts';
import { append, save } from './following.ts';
import { listen, StreamClient } from './stream-client.ts';

const held = measureBytes();

// Runs before the metrics are stopped, because that needs real timers.
afterEach(() => void vi.useRealTimers());

const stopTime = (): void => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });

const beginning = FeedCursor.text(FeedPosition.start(logId));
const streamOf = async (it: Service): Promise<string> => `${await listen(it)}/api/logs/stream`;
const isFreed = async (): Promise<boolean> => readerSlots.taken === 0 && (await held()) === 0;

test('a client that disconnects frees its slot and its bytes', async () => {
  const it = await service();
  await save(it, [sampleActivity()]);
  const url = await streamOf(it);
  const clients = [await StreamClient.follow(url), await StreamClient.follow(`${url}?cursor=${beginning}`)];
  await until(() => it.feedWatch.waiting === 2);
  expect([readerSlots.taken, await held()]).toEqual([2, 0]);
  expect([await held('waiting_readers'), await held('waiting_readers_limit')]).toEqual([2, 1000]);
  for (const client of clients) client.close();
  await until(isFreed);
  expect(it.feedWatch.waiting).toBe(0);
});

function open(url: string, text: string): Socket {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(text);
  onTestFinished(() => void socket.destroy());
  return socket;
}

const request = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;

test.each([
  ['streams', '/api/logs/stream'],
  ['pages that wait', '/api/logs/feed?from=now&wait=30'],
])('pipelined %s take one slot, and free it when their connection ends', async (_, path) => {
  const it = await service();
  const socket = open(await listen(it), request(path).repeat(8)).resume();
  await until(() => it.feedWatch.waiting === 1);
  expect((await it.app.inject('/health/live')).statusCode).toBe(200);
  expect([readerSlots.taken, it.feedWatch.waiting]).toEqual([1, 1]);
  socket.destroy();
  await until(isFreed);
  // Once this request is handled, all requests behind the first one have been handled too.
  expect((await it.app.inject('/api/logs/feed')).statusCode).toBe(200);
  expect([readerSlots.taken, it.feedWatch.waiting, await held()]).toEqual([0, 0, 0]);
});

describe('a key', () => {
  const stopped = {
    revoked: (it: Service, id: string) =>
      it.app.inject({ method: 'DELETE', url: `/api/keys/${id}`, headers: asRoot() }),
    expired: async (it: Service) => it.clock.set('2030-01-01T00:00:00Z'),
  };

  test.each(['revoked', 'expired'] as const)('that is %s gets no more activities', async (how) => {
    const it = await service({ apiKeys: [rootKey] });
    const key = await makeKey(it, {
      scopes: ['read'],
      project: 'default',
      expiresAt: '2029-01-01T00:00:00Z',
    });
    const client = await StreamClient.follow(await streamOf(it), { 'x-api-key': key.secret });
    await until(() => it.feedWatch.waiting === 1);
    await append(it, sampleActivity({ id: 'before' }));
    await until(() => client.activityIds.includes('before') && it.feedWatch.waiting === 1);
    await stopped[how](it, key.id);
    await it.refreshKeys();
    await append(it, sampleActivity({ id: 'after' }));
    await client.ended;
    expect(client.activityIds).toEqual(['before']);
    await until(isFreed);
  });

  test('that is revoked ends its stream at the next heartbeat, even if there are no new activities', async () => {
    const it = await service({ apiKeys: [rootKey] });
    const key = await makeKey(it, { scopes: ['read'], project: 'default' });
    stopTime();
    const client = await StreamClient.follow(await streamOf(it), { 'x-api-key': key.secret });
    await until(() => it.feedWatch.waiting === 1);
    await stopped.revoked(it, key.id);
    await it.refreshKeys();
    await vi.advanceTimersByTimeAsync(15_000);
    await client.ended;
    expect(client.events).toEqual([]);
  });
});

test('while the keys cannot be read, a stream gets no activities, and does not end', async () => {
  const it = await service({ apiKeys: [rootKey] });
  const key = await makeKey(it, { scopes: ['read'], project: 'default' });
  await it.refreshKeys();
  const url = await streamOf(it);
  stopTime();
  const client = await StreamClient.follow(url, { 'x-api-key': key.secret });
  await until(() => it.feedWatch.waiting === 1);
  // A key with the scope `read` works for 60 s after its last check.
  it.keyClock.nowMs += 60_001;
  await append(it, sampleActivity({ id: 'news' }));
  await until(async () => {
    await vi.advanceTimersByTimeAsync(1000);
    return client.blocks.some(({ comment }) => comment === 'heartbeat');
  });
  expect(client.events).toEqual([]);
  await it.refreshKeys();
  await until(async () => {
    await vi.advanceTimersByTimeAsync(1000);
    return client.events.length > 0;
  });
  expect(client.activityIds).toEqual(['news']);
});

test('a server that closes ends streams properly, instead of cutting them off', async () => {
  const { options, ...parts } = onMemory();
  await options.useCases.refreshKeys();
  const server = await buildServer({ ...options, closeTimeoutMs: 3_600_000 });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  const clients = [
    await StreamClient.follow(`${url}/api/logs/stream`),
    await StreamClient.follow(`${url}/api/logs/stream`),
  ];
  await until(() => parts.feedWatch.waiting === 2);
  parts.feedWatch.close();
  await server.close();
  for (const { response, ended } of clients) {
    await ended;
    expect(response.complete).toBe(true);
  }
  expect(readerSlots.taken).toBe(0);
});

test('during an outage, a stream goes on with heartbeats, and afterwards nothing is missing', async () => {
  const it = await service();
  const url = await streamOf(it);
  stopTime();
  const client = await StreamClient.follow(url);
  await until(() => it.feedWatch.waiting === 1);
  it.store.reachable = false;
  const heartbeats = (): number => client.blocks.filter(({ comment }) => comment === 'heartbeat').length;
  await until(async () => {
    await vi.advanceTimersByTimeAsync(1000);
    return heartbeats() === 3;
  });
  it.store.reachable = true;
  await append(it, sampleActivity({ id: 'x' }), sampleActivity({ id: 'y' }));
  await until(async () => {
    await vi.advanceTimersByTimeAsync(1000);
    return client.events.length > 0;
  });
  expect(client.activityIds).toEqual(['x', 'y']);
  expect(it.lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
});

test.each([
  ['another log', new DomainError('FEED_REPLACED', 'The log was replaced.'), 0],
  ['a bug', new TypeError('a bug'), 1],
])('%s cuts a stream off, and frees its slot and its bytes', async (_, error, logged) => {
  const it = await service({ useCases: { continueFeed: () => Promise.reject(error) } });
  const client = await StreamClient.follow(await streamOf(it));
  await client.ended;
  expect([client.response.complete, client.blocks.length]).toEqual([false, 1]);
  const bugs = it.lines.filter((line) => line.includes('"message":"stream cut off: an unexpected error"'));
  expect(bugs).toHaveLength(logged);
  await until(isFreed);
});

describe('a limit of the key slows its stream, and does not end it', () => {
  /** Reaches a limit with another request of the same key. */
  const exhausting = { searchMsPerSecond: '/api/logs/count', answerBytesPerSecond: '/api/logs' };

  test.each(['searchMsPerSecond', 'answerBytesPerSecond'] as const)('%s', async (limit) => {
    const it: Service = await service({
      apiKeys: [rootKey],
      useCases: {
        async countActivities() {
          it.keyClock.nowMs += 60_000;
          return 0;
        },
      },
    });
    const key = await makeKey(it, { scopes: ['read'], project: 'default', limits: { [limit]: 100 } });
    const headers = { 'x-api-key': key.secret };
    await save(it, [sampleActivity({ metadata: { fill: 'x'.repeat(60_000) } })]);
    const url = await streamOf(it);
    stopTime();
    const client = await StreamClient.follow(url, headers);
    await until(() => it.feedWatch.waiting === 1);
    expect((await it.app.inject({ url: exhausting[limit], headers })).statusCode).toBe(200);
    expect((await it.app.inject({ url: '/api/logs', headers })).statusCode).toBe(429);
    await append(it, sampleActivity({ id: 'news' }));
    await until(async () => {
      await vi.advanceTimersByTimeAsync(1000);
      return client.blocks.some(({ comment }) => comment === 'heartbeat');
    });
    expect(client.events).toEqual([]);
    it.keyClock.nowMs += 3_600_000;
    await it.refreshKeys();
    await until(async () => {
      await vi.advanceTimersByTimeAsync(1000);
      return client.events.length > 0;
    });
    expect(client.activityIds).toEqual(['news']);
  });
});
