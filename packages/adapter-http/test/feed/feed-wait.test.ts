import { sampleActivity } from '@user-activity/port-contracts';
import { afterEach, expect, test, vi } from 'vitest';
import { readerSlots } from '../../src/feed/reader-slots.ts';
import { measureBytes, until } from '../bytes-held.ts';
import { refusal, seen, type Service, service } from '../service.ts';
import { append, type FeedBody, firstSettled, idsIn, page, save } from './following.ts';

const held = measureBytes();

// Runs before the metrics are stopped, because that needs real timers.
afterEach(() => void vi.useRealTimers());

/** Requests pages with `wait`, and returns the pending responses once all of them wait. */
async function waiting(it: Service, query: string, count = 1): Promise<Promise<FeedBody>[]> {
  const pages = Array.from({ length: count }, () => page(it, query));
  await until(() => it.feedWatch.waiting === count);
  return pages;
}

test('a page waits for a new activity, and returns it', async () => {
  const it = await service();
  const [found] = await waiting(it, '?from=now&wait=30');
  expect(readerSlots.taken).toBe(1);
  await append(it, sampleActivity({ id: 'news' }));
  expect(await found).toMatchObject({ data: [{ id: 'news' }], pagination: { hasMore: false } });
  await until(() => readerSlots.taken === 0);
});

test('a new activity that does not match does not end the wait', async () => {
  const it = await service();
  const [found] = await waiting(it, '?from=now&wait=30&userId=ann');
  await append(it, sampleActivity({ userId: 'bob' }));
  await append(it, sampleActivity({ id: 'news', userId: 'ann' }));
  expect((await found)?.data).toMatchObject([{ id: 'news' }]);
});

test('an empty page is returned after the time limit, with a position that has advanced', async () => {
  const it = await service();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const [found] = await waiting(it, '?from=now&wait=7&userId=ann');
  await append(it, sampleActivity({ userId: 'bob' }));
  await vi.advanceTimersByTimeAsync(6999);
  expect(it.feedWatch.waiting).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  const { data, pagination } = (await found) ?? { data: undefined, pagination: undefined };
  const { nextCursor } = (await page(it, '?from=now')).pagination;
  expect([data, pagination]).toEqual([[], { limit: 50, nextCursor, hasMore: false }]);
});

test('a page with activities does not wait, and neither does a page with wait=0', async () => {
  const it = await service();
  expect((await page(it, '?from=now&wait=0')).data).toEqual([]);
  await save(it, [sampleActivity({ id: 'a' })], firstSettled - 1);
  expect(idsIn(await page(it, '?wait=30'))).toEqual(['a']);
});

test('waits end when the service stops', async () => {
  const it = await service();
  const pages = await waiting(it, '?from=now&wait=30', 3);
  it.feedWatch.close();
  for (const found of await Promise.all(pages)) expect(found.data).toEqual([]);
});

test('an outage during the wait does not end it', async () => {
  const it = await service();
  const [found] = await waiting(it, '?from=now&wait=30');
  it.store.reachable = false;
  for (const listener of it.store.settledListeners) listener();
  expect(seen(await it.app.inject('/api/logs/feed'))).toMatchObject({ status: 503 });
  it.store.reachable = true;
  await append(it, sampleActivity({ id: 'news' }));
  expect((await found)?.data).toMatchObject([{ id: 'news' }]);
});

test('while a page waits, it holds no bytes', async () => {
  const it = await service();
  const [found] = await waiting(it, '?from=now&wait=30');
  expect(await held()).toBe(0);
  await append(it, sampleActivity());
  await found;
  await until(async () => (await held()) === 0);
});

test('a thousand readers can wait, the next one gets 503 with Retry-After, and a request without `wait` is served', async () => {
  const it = await service();
  const max = 1000;
  const pages = await waiting(it, '?from=now&wait=30', max);
  expect(readerSlots.taken).toBe(max);
  for (const url of ['/api/logs/feed?wait=1', '/api/logs/stream']) {
    const refused = await it.app.inject(url);
    expect(seen(refused)).toMatchObject(
      refusal(503, /already has 1000 readers that wait for new activities/),
    );
    expect(refused.headers['retry-after']).toBe('1');
  }
  expect((await page(it)).data).toEqual([]);
  await append(it, sampleActivity({ id: 'news' }));
  for (const found of await Promise.all(pages)) expect(idsIn(found)).toEqual(['news']);
  await until(() => readerSlots.taken === 0);
});

test('a request that is refused takes no slot', async () => {
  const { app } = await service();
  for (const query of ['wait=30&cursor=x', 'wait=30&cursor=1_log-0_0_1'])
    expect((await app.inject(`/api/logs/feed?${query}`)).statusCode).toBeGreaterThanOrEqual(400);
  await until(() => readerSlots.taken === 0);
  expect(readerSlots.taken).toBe(0);
});
