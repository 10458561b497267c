import { connect } from 'node:net';
import { FeedPosition } from '@user-activity/domain';
import { sampleActivity } from '@user-activity/port-contracts';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { FeedCursor } from '../../src/feed/feed-cursor.ts';
import { readerSlots } from '../../src/feed/reader-slots.ts';
import { measureBytes, until } from '../bytes-held.ts';
import { logId, service } from '../service.ts';
import { save } from './following.ts';
import { listen, StreamClient } from './stream-client.ts';

const held = measureBytes();

// Runs before the metrics are stopped, because that needs real timers.
afterEach(() => void vi.useRealTimers());

// More than the kernel buffers for a connection that nobody reads.
const count = 800;
const fill = 'x'.repeat(30_000);
const maxPageBytes = 4 * 1024 * 1024;

test('the connection of a client that reads nothing holds one page at most, and is closed; the client can continue after its last event', async () => {
  const it = await service();
  const activities = Array.from({ length: count }, () => sampleActivity({ metadata: { fill } }));
  await save(it, activities);
  it.store.settled.set(logId, [count]);
  const url = `${await listen(it)}/api/logs/stream?cursor=${FeedCursor.text(FeedPosition.start(logId))}`;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const stalled = await StreamClient.connect(url);
  let maxHeld = 0;
  await until(async () => {
    maxHeld = Math.max(maxHeld, await held());
    await vi.advanceTimersByTimeAsync(1000);
    return readerSlots.taken === 0;
  });
  expect(maxHeld).toBeGreaterThan(1_000_000);
  expect(maxHeld).toBeLessThanOrEqual(maxPageBytes);
  await until(async () => (await held()) === 0);
  stalled.read();
  await stalled.ended;
  expect(stalled.response.complete).toBe(false);
  const arrived = stalled.activityIds;
  expect(arrived.length).toBeLessThan(count);
  const next = await StreamClient.follow(url, { 'last-event-id': stalled.lastEventId });
  await until(() => next.events.length === count - arrived.length);
  expect([...arrived, ...next.activityIds]).toEqual(activities.map(({ id }) => id));
});

test('a stream that has waited long does not count as slow while its next page is made', async () => {
  const [news, page] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const position = FeedPosition.start(logId);
  const maxBytesInFlight = 640_000;
  const it = await service({
    maxBytesInFlight,
    useCases: {
      async continueFeed({ run }) {
        await news.promise;
        return run(async () => {
          await page.promise;
          return { activities: [], start: position, position, hasMore: false };
        });
      },
    },
  });
  const url = await listen(it);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const client = await StreamClient.follow(`${url}/api/logs/stream`);
  await until(async () => client.blocks.length === 1 && (await held()) === 0);
  await vi.advanceTimersByTimeAsync(14_000);
  news.resolve();
  // A page reserves a 64th of the maximum.
  await until(async () => (await held()) === maxBytesInFlight / 64);
  const head = ['POST /api/logs HTTP/1.1', 'Host: localhost', 'Content-Type: application/json'];
  const unfinished = [...head, 'Content-Length: 90000', '', ' '.repeat(89_999)].join('\r\n');
  for (let body = 0; body < 7; body += 1) {
    const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined);
    onTestFinished(() => void socket.destroy());
    socket.write(unfinished);
  }
  await until(async () => (await held()) === maxBytesInFlight / 64 + 7 * 89_999);
  expect((await it.app.inject('/api/logs')).statusCode).toBe(503);
  page.resolve();
  await until(async () => {
    await vi.advanceTimersByTimeAsync(1000);
    return client.blocks.some(({ comment }) => comment === 'heartbeat') || client.response.closed;
  });
  expect(client.response.closed).toBe(false);
});
