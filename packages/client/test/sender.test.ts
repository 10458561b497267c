import { beforeEach, describe, expect, test, vi } from 'vitest';
import { ActivityClient, NotLoggedError, ProblemError, QueueFullError } from '../src/index.ts';
import { accepted, FakeService, linesOf, problem, unreachable } from './fake-service.ts';
import { start, useFakeClock } from './start-client.ts';

beforeEach(useFakeClock);

describe('log', () => {
  test('sends activities that are logged within maxDelayMs as one batch of lines, with ids and times', async () => {
    const { service, client, logAll } = start({ apiKey: 'secret', project: 'shop' });
    const ids = logAll('a', 'b');
    const createdAt = new Date();
    await vi.advanceTimersByTimeAsync(200);
    expect(service.requests).toEqual([]);
    client.log({ id: 'own', userId: 'c', type: 'VIEW', createdAt: '2026-01-01T00:00:00Z' });
    await vi.advanceTimersByTimeAsync(50);
    const [request] = service.requests;
    if (request === undefined) throw new Error('There is no request.');
    expect(request).toMatchObject({ method: 'POST', url: 'http://logs.example/api/logs/batch' });
    expect(Object.fromEntries(request.headers)).toEqual({
      authorization: 'Bearer secret',
      'content-type': 'application/x-ndjson',
      'x-project': 'shop',
    });
    const time = createdAt.toISOString();
    expect(linesOf(request)).toEqual([
      { id: ids[0], userId: 'a', type: 'VIEW', createdAt: time },
      { id: ids[1], userId: 'b', type: 'VIEW', createdAt: time },
      { id: 'own', userId: 'c', type: 'VIEW', createdAt: '2026-01-01T00:00:00Z' },
    ]);
    expect(ids[0]).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(client.queued).toBe(0);
  });

  test('sends a full batch without delay, and the next batch only after the answer', async () => {
    const { service, client, logAll } = start({ maxBatchCount: 2 });
    let answerFirst = (_response: Response): void => {};
    service.next.push(
      (request) =>
        new Promise((resolve) => {
          answerFirst = () => resolve(accepted(request));
        }),
    );
    logAll('a', 'b', 'c', 'd');
    await vi.advanceTimersByTimeAsync(0);
    expect(service.batches).toEqual([['a', 'b']]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(service.batches).toEqual([['a', 'b']]);
    answerFirst(Response.json({}));
    await vi.advanceTimersByTimeAsync(0);
    expect(service.batches).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    expect(client.queued).toBe(0);
  });

  test('sends a null createdAt as null, so that the service sets the time', async () => {
    const { service, client } = start();
    client.log({ id: 'own', userId: 'c', type: 'VIEW', createdAt: null });
    await client.flush();
    expect(service.requests[0]?.body).toBe('{"id":"own","userId":"c","type":"VIEW","createdAt":null}');
  });

  test('throws QueueFullError if the queue is full, and accepts activities again after a flush', async () => {
    const { service, client, logAll } = start({ queue: { maxCount: 2 } });
    logAll('a', 'b');
    expect(() => logAll('c')).toThrow(QueueFullError);
    await client.flush();
    logAll('d');
    await client.flush();
    expect(service.batches).toEqual([['a', 'b'], ['d']]);
  });

  test('throws QueueFullError above maxBytes, and TypeError for metadata that JSON cannot hold', () => {
    const { client } = start({ queue: { maxBytes: 1000 } });
    expect(() => client.log({ userId: 'a', type: 'VIEW', metadata: { text: 'ä'.repeat(500) } })).toThrow(
      QueueFullError,
    );
    expect(() => client.log({ userId: 'a', type: 'VIEW', metadata: { big: 1n } })).toThrow(TypeError);
    expect(client.queued).toBe(0);
  });
});

describe('an outage', () => {
  test.each([
    ['no connection', unreachable],
    ['503', problem(503)],
    ['429', problem(429)],
    ['502 of a proxy', () => new Response('<html>', { status: 502 })],
    ['a login page of the network', () => new Response('<html>', { status: 200 })],
    ['an answer for too few items', () => Response.json({ accepted: 0, rejected: [], ids: [] })],
  ])('%s: the same batch is sent again until the service accepts it', async (_, failure) => {
    const errors: unknown[] = [];
    const { service, client, logAll } = start({ onRetry: (error) => errors.push(error) });
    service.next.push(failure, failure, failure);
    logAll('a', 'b');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(service.requests).toHaveLength(4);
    expect(new Set(service.requests.map(({ body }) => body)).size).toBe(1);
    expect(errors).toHaveLength(3);
    expect(client.queued).toBe(0);
  });

  test('a request without an answer is cancelled after the time limit, and sent again', async () => {
    const { service, client, logAll } = start({ timeoutMs: 5000 });
    service.next.push(() => new Promise(() => {}));
    logAll('a');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(service.batches).toEqual([['a'], ['a']]);
    expect(client.queued).toBe(0);
  });

  test('flush does not shorten the pause of Retry-After', async () => {
    const { service, client, logAll } = start();
    service.next.push(problem(503, {}, { 'retry-after': '20' }));
    logAll('a');
    await vi.advanceTimersByTimeAsync(250);
    const flushed = client.flush();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(service.requests).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(500);
    await flushed;
    expect(service.requests).toHaveLength(2);
  });

  test('a Retry-After of more than an hour counts as an hour', async () => {
    const { service, client, logAll } = start();
    service.next.push(problem(503, {}, { 'retry-after': '99999999' }));
    logAll('a');
    await vi.advanceTimersByTimeAsync(3_590_000);
    expect(service.requests).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(11_000);
    expect(client.queued).toBe(0);
  });

  test('pauses grow to 30 s, and activities logged meanwhile are sent in order', async () => {
    const pauses: number[] = [];
    const { service, client, logAll } = start({
      onRetry: (_error, pauseMs) => pauses.push(pauseMs),
      maxBatchCount: 2,
    });
    service.answer = unreachable;
    logAll('a', 'b', 'c');
    await vi.advanceTimersByTimeAsync(300_000);
    expect(pauses[0]).toBeLessThanOrEqual(500);
    expect(pauses.at(-1)).toBeGreaterThanOrEqual(15_000);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(30_000);
    logAll('d');
    service.answer = accepted;
    service.requests.length = 0;
    await vi.advanceTimersByTimeAsync(31_000);
    expect(service.batches).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    expect(client.queued).toBe(0);
  });
});

describe('a refusal', () => {
  test('only the invalid items of a batch are rejected, and nothing is sent again', async () => {
    const { service, client, rejections, logAll } = start();
    const errors = [{ path: '/type', message: 'is required' }];
    service.next.push(() => Response.json({ accepted: 2, rejected: [{ index: 1, errors }], ids: [] }));
    logAll('a', 'b', 'c');
    await client.flush();
    expect(rejections).toMatchObject([{ activity: { userId: 'b' }, status: 422, errors }]);
    expect(service.requests).toHaveLength(1);
  });

  test('each item of a batch without a valid item is rejected, even if the answer omits its errors', async () => {
    const { service, client, rejections, logAll } = start();
    const errors = [
      { path: '/0/type', message: 'is required' },
      { path: '/0', message: 'is odd' },
    ];
    service.next.push(problem(422, { errors, omittedErrors: 1, rejected: [0, 1] }));
    logAll('a', 'b');
    await client.flush();
    expect(rejections).toMatchObject([
      {
        activity: { userId: 'a' },
        errors: [
          { path: '/type', message: 'is required' },
          { path: '', message: 'is odd' },
        ],
      },
      { activity: { userId: 'b' }, errors: [] },
    ]);
  });

  test.each([413, 422])(
    'a batch that is refused with %s as a whole is split until the invalid item is found',
    async (status) => {
      const { service, client, rejections, logAll } = start();
      service.answer = (request) =>
        request.body.includes('"bad"') ? problem(status)(request) : accepted(request);
      logAll('a', 'b', 'bad', 'd', 'e');
      await client.flush();
      expect(rejections).toMatchObject([
        { activity: { userId: 'bad' }, status, errors: [{ path: '', message: `no: ${status}` }] },
      ]);
      expect(service.batches.map((users) => users.join())).toEqual([
        'a,b,bad,d,e',
        'a,b,bad',
        'a,b',
        'bad,d,e',
        'bad,d',
        'bad',
        'd,e',
      ]);
      expect(client.queued).toBe(0);
    },
  );

  test.each([401, 403, 400, 404])(
    'after a %s, activities wait for another key, and flush tries again and rejects until there is one',
    async (status) => {
      const keys = ['old', 'new'];
      const { service, client, rejections, logAll } = start({ apiKey: async () => keys[0] ?? '' });
      service.answer = (request) =>
        request.headers.get('authorization') === 'Bearer new' ? accepted(request) : problem(status)(request);
      logAll('a');
      await expect(client.flush()).rejects.toThrow(ProblemError);
      await expect(client.flush()).rejects.toMatchObject({ status, title: 'No' });
      await vi.advanceTimersByTimeAsync(59_000);
      expect(service.requests).toHaveLength(2);
      expect(client.queued).toBe(1);
      keys.shift();
      await client.flush();
      expect(client.queued).toBe(0);
      expect(rejections).toEqual([]);
    },
  );

  test('an error thrown by a callback becomes an uncaught error, and sending continues', async () => {
    const bugs: unknown[] = [];
    const fail = (): never => {
      throw new Error('a bug');
    };
    // Vitest would report the error as its own.
    vi.spyOn(globalThis, 'queueMicrotask').mockImplementation((task) => {
      try {
        task();
      } catch (error) {
        bugs.push(error);
      }
    });
    const { service, client, logAll } = start({ onRejected: fail, onRetry: fail });
    service.next.push(problem(503), problem(422, { errors: [{ path: '/0', message: 'is odd' }] }));
    logAll('a');
    await vi.advanceTimersByTimeAsync(10_000);
    logAll('b');
    await client.flush();
    expect(client.queued).toBe(0);
    expect(bugs).toEqual([new Error('a bug'), new Error('a bug')]);
  });

  test('without onRejected, flush rejects with each rejection once', async () => {
    const service = new FakeService(problem(422, { errors: [{ path: '/0/type', message: 'is required' }] }));
    const client = new ActivityClient({ url: 'http://logs.example', fetch: service.fetch });
    client.log({ userId: 'a', type: '' });
    const error: unknown = await client.flush().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(NotLoggedError);
    expect(error).toMatchObject({ rejections: [{ activity: { userId: 'a' } }], unsent: [] });
    await client.flush();
  });
});
