import { beforeEach, expect, test, vi } from 'vitest';
import {
  ActivityClient,
  type ClientOptions,
  ConnectionError,
  NotStoredError,
  ProblemError,
} from '../src/index.ts';
import { uuidV7 } from '../src/sending/uuid-v7.ts';
import { FakeService, problem, unreachable } from './fake-service.ts';
import { useFakeClock } from './start-client.ts';

beforeEach(useFakeClock);

function start(options: Partial<ClientOptions> = {}) {
  const service = new FakeService(() => Response.json({ count: 7 }));
  return {
    service,
    client: new ActivityClient({ url: 'http://logs.example/base/', fetch: service.fetch, ...options }),
  };
}

const urls = ({ requests }: FakeService): string[] => requests.map(({ url }) => url);

test('a filter becomes query parameters: lists, dates and metadata paths', async () => {
  const { service, client } = start();
  const filter = {
    userId: ['a b', 'c&d'],
    type: 'LOG IN',
    from: new Date(0),
    to: '-24h',
    metadata: { 'a.b': [1, true, null], 'c\\.d': 'x' },
  };
  expect(await client.count(filter)).toBe(7);
  await client.count();
  expect(urls(service)).toEqual([
    'http://logs.example/base/api/logs/count?userId=a+b&userId=c%26d&type=LOG+IN&from=1970-01-01T00%3A00%3A00.000Z&to=-24h' +
      '&metadata.a.b=1&metadata.a.b=true&metadata.a.b=null&metadata.c%5C.d=x',
    'http://logs.example/base/api/logs/count',
  ]);
});

test.each(['', '.', '..'])('the id "%s" is refused: it would change the path', async (id) => {
  const { service, client } = start();
  await expect(client.get(id)).rejects.toThrow(TypeError);
  await expect(client.eraseUser(id)).rejects.toThrow(TypeError);
  await expect(client.keys.revoke(id)).rejects.toThrow(TypeError);
  expect(service.requests).toEqual([]);
});

test('query sends the same parameters with each cursor', async () => {
  const { service, client } = start();
  const page = (ids: readonly string[], nextCursor: string | null) => () =>
    Response.json({ data: ids.map((id) => ({ id })), pagination: { nextCursor } });
  service.next.push(page(['a', 'b'], 'next'), page([], 'last'), page(['c'], null));
  const found: string[] = [];
  for await (const { id } of client.query({ userId: 'u', limit: 2, from: '-1h' })) found.push(id);
  expect(found).toEqual(['a', 'b', 'c']);
  const query = 'http://logs.example/base/api/logs?userId=u&from=-1h&limit=2';
  expect(urls(service)).toEqual([query, `${query}&cursor=next`, `${query}&cursor=last`]);
});

test('query ends if a page has no nextCursor', async () => {
  const { service, client } = start();
  service.answer = () => Response.json({ data: [{ id: 'a' }], pagination: {} });
  const found: string[] = [];
  for await (const { id } of client.query()) found.push(id);
  expect(found).toEqual(['a']);
});

test('get resolves with undefined for a 404 of the service, and rejects for a 404 of a proxy', async () => {
  const { service, client } = start();
  service.answer = problem(404);
  expect(await client.get('x')).toBeUndefined();
  expect(await client.erasure('x')).toBeUndefined();
  service.answer = () => Response.json({ detail: 'no' }, { status: 404, statusText: 'Not Found' });
  await expect(client.get('x')).rejects.toMatchObject({ status: 404, message: 'Not Found' });
});

test('the feed continues after outages, and yields empty pages only if they move the cursor', async () => {
  const { service, client } = start();
  const page =
    (ids: readonly string[], nextCursor: string, hasMore = false) =>
    () =>
      Response.json({ data: ids.map((id) => ({ id })), pagination: { nextCursor, hasMore } });
  const failures = Array.from({ length: 5 }, () => problem(503));
  service.next.push(
    page(['a'], '1', true),
    ...failures,
    unreachable,
    page([], '1'),
    page([], '2'),
    page(['b'], '3'),
  );
  const found: unknown[] = [];
  const read = (async () => {
    for await (const { activities, cursor } of client.feed({ type: 'VIEW', from: 'now' })) {
      found.push([activities.map(({ id }) => id), cursor]);
      if (cursor === '3') break;
    }
  })();
  await vi.advanceTimersByTimeAsync(300_000);
  await read;
  expect(found).toEqual([
    [['a'], '1'],
    [[], '2'],
    [['b'], '3'],
  ]);
  const query = 'http://logs.example/base/api/logs/feed?type=VIEW&from=now';
  expect(urls(service)[0]).toBe(`${query}&limit=500&wait=20`);
  expect(urls(service).at(-1)).toBe(`${query}&cursor=2&limit=500&wait=20`);
});

test('the feed rejects if the first answer is from another server, and retries if a later one is', async () => {
  const { service, client } = start();
  const foreign = () => new Response('<html>', { headers: { 'content-type': 'text/html' } });
  service.answer = foreign;
  await expect(client.feed().next()).rejects.toThrow('The URL is not a user-activity log');
  expect(service.requests).toHaveLength(1);

  for (const answer of [null, {}, [], { data: [], pagination: {} }]) {
    service.answer = () => Response.json(answer);
    await expect(client.feed().next()).rejects.toThrow('not a feed page');
  }
  const page = (cursor: string) => () => Response.json({ data: [], pagination: { nextCursor: cursor } });
  service.next.push(page('1'), foreign, page('2'));
  const next = client.feed({ cursor: '1' }).next();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await next).toMatchObject({ value: { cursor: '2' } });
});

test('a read is tried three times, unless Retry-After asks for a long pause', async () => {
  const { service, client } = start();
  service.next.push(unreachable, problem(503, {}, { 'retry-after': '2' }));
  const count = client.count();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await count).toBe(7);

  service.answer = unreachable;
  const failed = client.count().catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await failed).toBeInstanceOf(ConnectionError);
  expect(service.requests).toHaveLength(6);

  service.answer = problem(429, {}, { 'retry-after': '60' });
  await expect(client.count()).rejects.toMatchObject({ status: 429, retryAfter: 60 });
  expect(service.requests).toHaveLength(7);
});

test.each([
  ['a date', 'Thu, 01 Jan 2026 00:00:10 GMT', 10],
  ['a date in the past', 'Wed, 31 Dec 2025 23:59:00 GMT', 0],
  ['longer than the client waits', '86400', 86_400],
  ['unreadable', 'soon', undefined],
])('ProblemError reads Retry-After if it is %s', async (_, header, seconds) => {
  vi.setSystemTime('2026-01-01T00:00:00Z');
  const { service, client } = start();
  service.answer = problem(
    403,
    { errors: [{ path: '/x', message: 'no' }], ids: ['a'] },
    { 'retry-after': header },
  );
  const error: unknown = await client.count().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ProblemError);
  expect(error).toMatchObject({
    status: 403,
    title: 'No',
    message: 'no: 403',
    errors: [{ path: '/x', message: 'no' }],
    ids: ['a'],
    retryAfter: seconds,
  });
});

const problemText = (text: string) => () =>
  new Response(text, { status: 403, headers: { 'content-type': 'application/problem+json' } });

test.each([
  ['a page of a proxy', () => new Response('<html>', { status: 403, statusText: 'Forbidden' }), 'Forbidden'],
  ['a problem with members of other types', problem(403, { detail: 'no', errors: 'many' }), 'no'],
  ['JSON that is not a problem', () => Response.json({ error: 'no' }, { status: 403 }), 'HTTP status 403.'],
  ['a problem that is not JSON', problemText('<html>'), 'HTTP status 403.'],
  ['a problem that is null', problemText('null'), 'HTTP status 403.'],
])('%s with status 403 rejects with ProblemError', async (_, answer, message) => {
  const { service, client } = start();
  service.answer = answer;
  await expect(client.count()).rejects.toMatchObject({
    name: 'ProblemError',
    status: 403,
    errors: [],
    message,
  });
});

test('violations without a path or a message are dropped from a problem', async () => {
  const { service, client } = start();
  const errors = [{ path: '/x', message: 'no' }, null, 'x', { path: '/y' }, { path: 1, message: 'x' }];
  service.answer = problem(400, { errors });
  await expect(client.count()).rejects.toMatchObject({ errors: [{ path: '/x', message: 'no' }] });
});

test('a successful answer that is not JSON rejects with ConnectionError', async () => {
  const { service, client } = start();
  service.answer = () => new Response('<html>');
  await expect(client.eraseUser('u')).rejects.toThrow(ConnectionError);
});

test('logDurably retries with the same activity until its time limit', async () => {
  const { service, client } = start({ timeoutMs: 5000 });
  const answer = { id: 'x', status: 'accepted' };
  service.next.push(unreachable, problem(503), () => Response.json(answer, { status: 202 }));
  const logged = client.logDurably({ userId: 'u', type: 'VIEW' });
  await vi.advanceTimersByTimeAsync(5000);
  expect(await logged).toEqual(answer);
  expect(new Set(service.requests.map(({ body }) => body)).size).toBe(1);

  service.answer = problem(503);
  const late = client.logDurably({ userId: 'u', type: 'VIEW' }).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(5000);
  expect(await late).toMatchObject({ status: 503 });

  service.answer = () => new Promise(() => {});
  const never = client.logDurably({ userId: 'u', type: 'VIEW' }).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(5000);
  expect(await never).toMatchObject({ name: 'ConnectionError' });

  // An attempt that hangs leaves time for another one.
  service.next.push(service.answer);
  service.answer = () => Response.json(answer, { status: 202 });
  const second = client.logDurably({ userId: 'u', type: 'VIEW' }, { timeoutMs: 20_000 });
  await vi.advanceTimersByTimeAsync(20_000);
  expect(await second).toEqual(answer);
});

test.each([
  [409, 'conflict'],
  [410, 'erased'],
  [422, 'dead_lettered'],
  [200, 'something new'],
])('logDurably rejects for status %s with outcome %s', async (status, outcomeStatus) => {
  const { service, client } = start();
  const outcome = { id: 'x', status: outcomeStatus };
  service.next.push(() => Response.json(outcome, { status }));
  const error: unknown = await client
    .logDurably({ id: 'x', userId: 'u', type: 'VIEW' }, { wait: 10 })
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(NotStoredError);
  expect(error).toMatchObject({ outcome, message: `The activity was not stored: ${outcomeStatus}.` });
  expect(service.requests[0]?.headers.get('prefer')).toBe('wait=10');
});

test.each([409, 410, 422])('logDurably rejects for a problem with status %s', async (status) => {
  const { service, client } = start();
  service.next.push(problem(status));
  await expect(client.logDurably({ userId: 'u', type: 'VIEW' }, { wait: 10 })).rejects.toMatchObject({
    name: 'ProblemError',
    status,
  });
});

test.each(['stored', 'duplicate', 'accepted'])('logDurably resolves with %s', async (outcomeStatus) => {
  const { service, client } = start();
  const outcome = { id: 'x', status: outcomeStatus };
  service.next.push(() => Response.json(outcome));
  expect(await client.logDurably({ id: 'x', userId: 'u', type: 'VIEW' }, { wait: 10 })).toEqual(outcome);
});

test('every call rejects when its signal is aborted', async () => {
  const { service, client } = start();
  const reason = new Error('enough');
  const call = client.count({}, { signal: AbortSignal.abort(reason) });
  await expect(call).rejects.toBe(reason);
  service.answer = () => new Promise(() => {});
  const controller = new AbortController();
  const options = { signal: controller.signal };
  const calls = [
    client.get('x', options),
    client.eraseUser('x', options),
    client.logDurably({ userId: 'u', type: 'VIEW' }, options),
    client.query({}, options).next(),
    client.feed(options).next(),
    client.keys.list(options),
  ];
  const ended = Promise.allSettled(calls);
  await vi.advanceTimersByTimeAsync(10);
  controller.abort(reason);
  for (const result of await ended) expect(result).toEqual({ status: 'rejected', reason });
  expect(vi.getTimerCount()).toBe(0);
});

test('ids are UUIDs of version 7 that begin with the time, and are unique', () => {
  const id = uuidV7(0x0123456789ab);
  expect(id).toMatch(/^01234567-89ab-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  const ids = new Set(Array.from({ length: 1000 }, () => uuidV7()));
  expect(ids.size).toBe(1000);
});
