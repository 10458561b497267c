import { DomainError, LogId, ProjectId } from '@user-activity/domain';
import { sampleActivities, sampleActivity } from '@user-activity/port-contracts';
import { describe, expect, test } from 'vitest';
import { FeedCursor } from '../../src/feed/feed-cursor.ts';
import { logId, refusal, seen, service } from '../service.ts';
import { type FeedBody, firstSettled, idsIn, page, save } from './following.ts';

const cursorAt = (...offsets: readonly number[]): string => FeedCursor.text({ log: logId, offsets, turn: 0 });
const named = (...ids: readonly string[]) => ids.map((id) => sampleActivity({ id }));

describe('a page', () => {
  test('has activities as GET /api/logs shows them, in the order of their offsets', async () => {
    const it = await service();
    const metadata = { ip: '127.0.0.1', deep: [1, { a: null }] };
    await save(it, [
      sampleActivity({ id: 'late', createdAt: '2026-01-02T00:00:00Z', metadata }),
      sampleActivity({ id: 'early', createdAt: '2026-01-01T00:00:00Z' }),
    ]);
    const response = await it.app.inject('/api/logs/feed');
    const { data } = (await it.app.inject('/api/logs')).json<FeedBody>();
    expect(seen(response)).toEqual({
      status: 200,
      body: { data, pagination: { limit: 50, nextCursor: cursorAt(firstSettled), hasMore: false } },
    });
    expect(data.map(({ id }) => id)).toEqual(['late', 'early']);
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
  });

  test('has a cursor even if it is empty, also before the first activity is in the feed', async () => {
    const it = await service();
    expect(await page(it)).toEqual({
      data: [],
      pagination: { limit: 50, nextCursor: cursorAt(firstSettled), hasMore: false },
    });
    it.store.settled.clear();
    const { nextCursor } = (await page(it)).pagination;
    expect(nextCursor).toBe(cursorAt());
    it.store.settled.set(logId, [1]);
    await save(it, named('a'));
    expect(idsIn(await page(it, `?cursor=${nextCursor}`))).toEqual(['a']);
  });

  test.each(['cursor', 'link'])(
    'leads to the next one by %s, and the walk has each activity once',
    async (by) => {
      const it = await service();
      const activities = sampleActivities(7);
      await save(it, activities);
      const walked: string[] = [];
      for (let url = '/api/logs/feed?type=login&limit=3&from=2020-01-01'; ; ) {
        const response = await it.app.inject(url);
        const body = response.json<FeedBody>();
        walked.push(...idsIn(body));
        const [, link = ''] = /^<(.+)>; rel="next"$/.exec(String(response.headers['link'])) ?? [];
        const { nextCursor, hasMore } = body.pagination;
        expect(link).toBe(`${url.replace(/&cursor=.*/, '')}&cursor=${nextCursor}`);
        if (!hasMore) break;
        // A walk may change its filter and its limit.
        url = by === 'link' ? link : `/api/logs/feed?userId=user-1&limit=2&cursor=${nextCursor}`;
      }
      expect(walked).toEqual(activities.map(({ id }) => id));
    },
  );

  test('that is read twice is the same', async () => {
    const it = await service();
    await save(it, sampleActivities(5));
    const { nextCursor } = (await page(it, '?limit=2')).pagination;
    const again = () => page(it, `?limit=2&cursor=${nextCursor}`);
    expect(await again()).toEqual(await again());
  });

  test('from=now begins at the end, unless there is a cursor', async () => {
    const it = await service();
    await save(it, named('old'), 98);
    const { data, pagination } = await page(it, '?from=now');
    expect([data, pagination.nextCursor]).toEqual([[], cursorAt(firstSettled)]);
    expect(idsIn(await page(it, `?from=now&cursor=${cursorAt(98)}`))).toEqual(['old']);
    expect(idsIn(await page(it, `?from=now&cursor=${cursorAt(99)}`))).toEqual([]);
  });

  test('from=now does not filter by time: a new activity may have a createdAt in the past', async () => {
    const it = await service();
    const { nextCursor } = (await page(it, '?from=now')).pagination;
    await save(it, [sampleActivity({ id: 'news', createdAt: '2001-01-01T00:00:00Z' })], 100);
    it.store.settled.set(logId, [101]);
    expect(idsIn(await page(it, `?from=now&cursor=${nextCursor}`))).toEqual(['news']);
  });

  test.each([
    ['limit=1', 1],
    ['limit=500', 500],
    ['', 50],
  ])('with "%s", the limit in the response is %i', async (query, limit) => {
    const it = await service();
    await save(it, sampleActivities(2));
    const { data, pagination } = await page(it, `?${query}`);
    expect([pagination.limit, data.length]).toEqual([limit, Math.min(limit, 2)]);
  });

  test('is of the project of the request', async () => {
    const it = await service();
    await save(it, [
      sampleActivity({ id: 'a' }),
      sampleActivity({ id: 'b', project: ProjectId.parse('shop') }),
    ]);
    const response = await it.app.inject({ url: '/api/logs/feed', headers: { 'x-project': 'shop' } });
    expect(idsIn(response.json<FeedBody>())).toEqual(['b']);
    expect(idsIn(await page(it))).toEqual(['a']);
  });

  test('has no body for HEAD', async () => {
    const it = await service();
    const { statusCode, body, headers } = await it.app.inject({ method: 'HEAD', url: '/api/logs/feed' });
    expect([statusCode, body]).toEqual([200, '']);
    expect(headers['link']).toContain(`cursor=${cursorAt(firstSettled)}`);
  });
});

test.each([
  ['userId=ann', ['a', 'c']],
  ['userId=ann&userId=bob', ['a', 'b', 'c']],
  ['type=log+out', ['b']],
  ['type=LOGIN&userId=ann', ['a', 'c']],
  ['from=2026-01-02T00:00:00Z', ['b', 'c']],
  ['to=2026-01-02', ['a', 'd']],
  ['from=2026-01-01&to=2026-01-02', ['a', 'd']],
  // Unlike in GET /api/logs, no userId or from is needed.
  ['metadata.os=ios', ['a', 'b']],
  ['metadata.os=ios&metadata.os=linux', ['a', 'b', 'c']],
  ['metadata.os=ios&type=LOGOUT', ['b']],
  ['metadata.deep.number=5', ['c']],
  ['userId=nobody', []],
])('%s filters', async (query, expected) => {
  const it = await service();
  await save(it, [
    sampleActivity({ id: 'a', userId: 'ann', createdAt: '2026-01-01T00:00:00Z', metadata: { os: 'ios' } }),
    sampleActivity({
      id: 'b',
      userId: 'bob',
      type: 'LOG_OUT',
      createdAt: '2026-01-02T00:00:00Z',
      metadata: { os: 'ios' },
    }),
    sampleActivity({
      id: 'c',
      userId: 'ann',
      createdAt: '2026-01-03T00:00:00Z',
      metadata: { os: 'linux', deep: { number: 5 } },
    }),
    sampleActivity({ id: 'd', userId: 'dan', createdAt: '2026-01-01T12:00:00Z' }),
  ]);
  const { data, pagination } = await page(it, `?${query.replace('LOGOUT', 'LOG_OUT')}`);
  expect([data.map(({ id }) => id), pagination.nextCursor]).toEqual([expected, cursorAt(firstSettled)]);
});

const malformed = 'is not a position of this service: send "nextCursor", or the id of an event, unchanged';
const limitRange = 'must be a whole number from 1 to 500';
const waitRange = 'must be a whole number of seconds from 0 to 30';

describe('bad input is 400', () => {
  test.each([
    ['limit=0', '/limit', limitRange],
    ['limit=501', '/limit', `${limitRange}: follow "nextCursor" for more`],
    ['limit=1.5', '/limit', limitRange],
    ['limit=', '/limit', limitRange],
    ['limit=1&limit=2', '/limit', 'must be given once'],
    ['wait=31', '/wait', waitRange],
    ['wait=-1', '/wait', waitRange],
    ['wait=1.5', '/wait', waitRange],
    ['wait=', '/wait', waitRange],
    ['wait=1e1', '/wait', waitRange],
    ['wait=001', '/wait', waitRange],
    ['wait=1&wait=1', '/wait', 'must be given once'],
    ['cursor=', '/cursor', malformed],
    ['cursor=abc', '/cursor', malformed],
    ['cursor=1_log-1_0_1%0A', '/cursor', malformed],
    [`cursor=${cursorAt(1)}&cursor=${cursorAt(1)}`, '/cursor', 'must be given once'],
    ['from=now&from=now', '/from', 'must be given once'],
    ['from=yesterday', '/from', expect.any(String)],
    ['from=2026-01-02&to=2026-01-01', '/to', expect.any(String)],
    ['userId=%00', '/userId', expect.any(String)],
    ['type=', '/type', expect.any(String)],
    ['metadata.a%5C=1', '/metadata.a\\', expect.stringContaining('must not end with a single backslash')],
    [
      'order=asc',
      '/order',
      expect.stringMatching(/^is not a known parameter: this route takes .*cursor, limit, wait$/),
    ],
    ['by=type', '/by', expect.stringContaining('is not a known parameter')],
  ])('%s', async (query, path, message: unknown) => {
    const { app } = await service();
    expect(seen(await app.inject(`/api/logs/feed?${query}`))).toMatchObject({
      status: 400,
      body: { errors: [{ path, message }] },
    });
  });

  test('with every fault at once', async () => {
    const { app } = await service();
    const response = await app.inject('/api/logs/feed?limit=0&wait=x&cursor=a&page=2&from=never');
    const { errors } = response.json<{ errors: { path: string }[] }>();
    expect(errors.map(({ path }) => path)).toEqual(['/page', '/from', '/cursor', '/limit', '/wait']);
  });

  test.each(['userId=%', '%ff=1'])('%s, which is not correctly encoded', async (query) => {
    const { app } = await service();
    expect((await app.inject(`/api/logs/feed?${query}`)).statusCode).toBe(400);
  });
});

test('a position of another log is 410 with the remedy', async () => {
  const { app } = await service();
  const cursor = FeedCursor.text({ log: LogId.parse('log-0'), offsets: [1], turn: 0 });
  const gone = refusal(
    410,
    /^The position belongs to a log that another one has replaced\. Begin again with GET \/api\/logs\/feed without a cursor .* from=now /,
  );
  for (const query of [`cursor=${cursor}`, `cursor=${cursor}&from=now&wait=30`])
    expect(seen(await app.inject(`/api/logs/feed?${query}`))).toMatchObject(gone);
});

test('a position ahead of the end of the feed does not change', async () => {
  const it = await service();
  for (const cursor of [cursorAt(1000), cursorAt(1000, 5)])
    expect(await page(it, `?cursor=${cursor}`)).toEqual({
      data: [],
      pagination: { limit: 50, nextCursor: cursor, hasMore: false },
    });
});

test.each(['STORE_UNAVAILABLE', 'STORE_TIMEOUT'] as const)('%s is 503 with Retry-After', async (code) => {
  const readFeed = () => Promise.reject(new DomainError(code, 'No answer.'));
  const { app } = await service({ useCases: { readFeed } });
  const response = await app.inject('/api/logs/feed');
  expect(seen(response)).toMatchObject({ status: 503, body: { detail: 'No answer.' } });
  expect(response.headers['retry-after']).toBe('5');
});
