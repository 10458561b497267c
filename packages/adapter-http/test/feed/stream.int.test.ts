import { LogId } from '@user-activity/domain';
import { sampleActivities, sampleActivity } from '@user-activity/port-contracts';
import { EventSource } from 'eventsource';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { FeedCursor } from '../../src/feed/feed-cursor.ts';
import { until } from '../bytes-held.ts';
import { logId, seen, type Service, service } from '../service.ts';
import { append, firstSettled, idsIn, page, save } from './following.ts';
import { listen, StreamClient } from './stream-client.ts';

afterEach(() => void vi.useRealTimers());

const cursorAt = (...offsets: readonly number[]): string => FeedCursor.text({ log: logId, offsets, turn: 0 });
const beginning = cursorAt();

/** A service with activities of ann and bob, alternately. */
async function filled(count: number): Promise<{ it: Service; url: string; ids: readonly string[] }> {
  const it = await service();
  const activities = sampleActivities(count).map(({ createdAt }, index) =>
    sampleActivity({ createdAt, userId: index % 2 === 0 ? 'ann' : 'bob' }),
  );
  await save(it, activities);
  return { it, url: `${await listen(it)}/api/logs/stream`, ids: activities.map(({ id }) => id) };
}

describe('GET /api/logs/stream', () => {
  test('has the data of GET /api/logs/feed, and its event ids are cursors of that', async () => {
    const { it, url, ids } = await filled(5);
    const client = await StreamClient.follow(`${url}?cursor=${beginning}`);
    await until(() => client.events.length === 5);
    expect(client.response).toMatchObject({
      statusCode: 200,
      headers: {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      },
    });
    expect(client.blocks[0]).toEqual({ retry: '2000', id: beginning });
    const { data, pagination } = await page(it);
    expect(client.events.map(({ data: text = '' }) => JSON.parse(text) as unknown)).toEqual(data);
    expect(client.lastEventId).toBe(pagination.nextCursor);
    for (const [index, { id }] of client.events.entries())
      expect(idsIn(await page(it, `?cursor=${id}`))).toEqual(ids.slice(index + 1));
  });

  test('begins at the end, and has new activities as soon as they are in the feed', async () => {
    const { it, url } = await filled(3);
    const client = await StreamClient.follow(url);
    await until(() => client.blocks.length === 1);
    expect(client.lastEventId).toBe(cursorAt(firstSettled));
    for (const id of ['x', 'y']) {
      await append(it, sampleActivity({ id }));
      await until(() => client.activityIds.includes(id));
    }
    expect(client.activityIds).toEqual(['x', 'y']);
  });

  test('continues after Last-Event-ID instead of the cursor, with any filter', async () => {
    const { url, ids } = await filled(6);
    const all = await StreamClient.follow(`${url}?cursor=${beginning}`);
    await until(() => all.events.length === 6);
    for (const [index, { id = '' }] of all.events.entries()) {
      const rest = ids.slice(index + 1).filter((_, offset) => (index + 1 + offset) % 2 === 0);
      const client = await StreamClient.follow(`${url}?userId=ann&cursor=${beginning}`, {
        'last-event-id': id,
      });
      await until(() => client.blocks.length === 1 + rest.length);
      expect([index, client.blocks[0]?.id, client.activityIds]).toEqual([index, id, rest]);
      client.close();
    }
  });

  test('a filtered stream that is cut anywhere continues without a gap or a repeat', async () => {
    const { url, ids } = await filled(9);
    const filter = `${url}?userId=ann`;
    const expected = ids.filter((_, index) => index % 2 === 0);
    const first = await StreamClient.follow(`${filter}&cursor=${beginning}`);
    await until(() => first.events.length === expected.length);
    for (const [index, { id = '' }] of first.events.entries()) {
      const client = await StreamClient.follow(filter, { 'last-event-id': id });
      await until(() => client.blocks.length === expected.length - index);
      expect(client.activityIds).toEqual(expected.slice(index + 1));
      client.close();
    }
  });

  test('an empty Last-Event-ID is ignored', async () => {
    const { url, ids } = await filled(1);
    const client = await StreamClient.follow(`${url}?cursor=${beginning}`, { 'last-event-id': '' });
    await until(() => client.events.length === 1);
    expect(client.activityIds).toEqual(ids);
  });

  test('a heartbeat every 15 s has the position, which is after all activities that do not match', async () => {
    const { it, url } = await filled(4);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const client = await StreamClient.follow(`${url}?userId=nobody&cursor=${beginning}`);
    for (const count of [1, 2]) {
      await until(() => it.feedWatch.waiting === 1);
      await vi.advanceTimersByTimeAsync(14_999);
      expect(client.blocks).toHaveLength(2 * count - 1);
      await vi.advanceTimersByTimeAsync(1);
      await until(() => client.blocks.length === 2 * count + 1);
      expect(client.blocks.slice(-2)).toEqual([{ comment: 'heartbeat' }, { id: cursorAt(firstSettled) }]);
    }
    expect(client.blocks[0]?.id).toBe(beginning);
    expect(client.events).toEqual([]);
  });
});

describe('a refusal', () => {
  const malformed = 'is not a position of this service: send "nextCursor", or the id of an event, unchanged';

  test.each([
    ['cursor=abc', '', '/cursor', malformed],
    ['', 'abc', '/Last-Event-ID', malformed],
    [`cursor=${beginning}`, `${beginning}, ${beginning}`, '/Last-Event-ID', malformed],
    [
      'limit=5',
      '',
      '/limit',
      expect.stringMatching(/^is not a known parameter: this route takes .*, cursor$/),
    ],
    ['wait=5', '', '/wait', expect.stringContaining('is not a known parameter')],
    ['from=never', '', '/from', expect.any(String)],
  ])('?%s with Last-Event-ID %j is 400', async (query, lastEventId, path, message: unknown) => {
    const { app } = await service();
    const headers = { 'last-event-id': lastEventId };
    const response = await app.inject({ url: `/api/logs/stream?${query}`, headers });
    expect(seen(response)).toMatchObject({ status: 400, body: { errors: [{ path, message }] } });
    expect(response.headers['content-type']).toBe('application/problem+json');
  });

  test('of a position of another log is 410, whether it is the cursor or the Last-Event-ID', async () => {
    const { app } = await service();
    const other = FeedCursor.text({ log: LogId.parse('log-0'), offsets: [1], turn: 0 });
    const byHeader = await app.inject({ url: '/api/logs/stream', headers: { 'last-event-id': other } });
    const byCursor = await app.inject(`/api/logs/stream?cursor=${other}`);
    expect([byHeader.statusCode, byCursor.statusCode]).toEqual([410, 410]);
  });

  test('of HEAD is 405, because its response would never end', async () => {
    const { app } = await service();
    const { statusCode, headers } = await app.inject({ method: 'HEAD', url: '/api/logs/stream' });
    expect([statusCode, headers['allow']]).toEqual([405, 'GET']);
  });

  test('during an outage is 503', async () => {
    const it = await service();
    it.store.reachable = false;
    const { statusCode, headers } = await it.app.inject('/api/logs/stream');
    expect([statusCode, headers['retry-after']]).toEqual([503, '5']);
  });
});

test('the SDK reconnects if it loses its connection, and misses and repeats nothing', async () => {
  const { it, url } = await filled(3);
  const sockets = new Set<{ destroy(): unknown }>();
  it.app.server.on('connection', (socket) => sockets.add(socket));
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  let chunks = 0;
  const source = new EventSource(`${url}?type=LOGIN`, {
    async fetch(input, init) {
      const response = await fetch(input, init);
      const count = new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          controller.enqueue(chunk);
          chunks += 1;
        },
      });
      return new Response(response.body?.pipeThrough(count) ?? null, response);
    },
  });
  onTestFinished(() => source.close());
  const received: { id: string; lastEventId: string }[] = [];
  source.addEventListener('message', ({ data, lastEventId }: { data: string; lastEventId: string }) => {
    received.push({ id: (JSON.parse(data) as { id: string }).id, lastEventId });
  });
  const expected: string[] = [];
  const appendOne = async (): Promise<void> => {
    const activity = sampleActivity();
    expected.push(activity.id);
    await append(it, activity, sampleActivity({ type: 'LOGOUT' }));
  };
  // The first loss comes before any event. The client has the position from the beginning of the stream.
  for (let loss = 0; loss < 3; loss += 1) {
    await until(() => it.feedWatch.waiting === 1 && chunks > 0);
    chunks = 0;
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    await until(() => source.readyState === source.CONNECTING && it.feedWatch.waiting === 0);
    await appendOne();
    // The SDK connects again after 2 s.
    await until(async () => {
      await vi.advanceTimersByTimeAsync(100);
      return it.feedWatch.waiting === 1;
    });
    await until(() => received.length === expected.length);
    await appendOne();
    await until(() => received.length === expected.length);
  }
  expect(received.map(({ id }) => id)).toEqual(expected);
  expect(idsIn(await page(it, `?cursor=${received.at(-2)?.lastEventId}&type=LOGIN`))).toEqual([
    expected.at(-1),
  ]);
});

test('the SDK stops at a position of another log', async () => {
  const { url } = await filled(0);
  const source = new EventSource(`${url}?cursor=1_log-0_0_1`);
  onTestFinished(() => source.close());
  const code = await new Promise((resolve) => {
    source.addEventListener('error', (event) => resolve(event.code));
  });
  expect([code, source.readyState]).toEqual([410, source.CLOSED]);
});
