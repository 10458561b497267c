import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { MemoryMetrics } from '@user-activity/adapter-memory';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { post, type Service, service } from './service.ts';

// The event loop is measured whenever the test lets 3 s pass.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

const draft = { userId: 'ann', type: 'LOGIN' };
const statusOf = async ({ app }: Service, url: string): Promise<number> => (await app.inject(url)).statusCode;

/** Blocks the event loop three times in a row, for 100 ms each. */
async function block(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) {
    const start = Date.now();
    while (Date.now() - start < 100);
    await nextTurn();
  }
}

/** Blocks the event loop until a measurement makes the service refuse requests. */
async function overload(it: Service): Promise<void> {
  do {
    await block();
    vi.advanceTimersByTime(3000);
  } while ((await statusOf(it, '/api/logs')) !== 503);
}

/** Leaves the event loop idle, until a measurement makes the service accept requests. */
async function relax(it: Service): Promise<void> {
  do {
    await delay(100);
    vi.advanceTimersByTime(3000);
  } while ((await statusOf(it, '/api/logs')) !== 200);
}

test('while the event loop is late, further requests get 503, and probes and metrics are answered', async () => {
  const metrics = new MemoryMetrics();
  onTestFinished(() => metrics.stop());
  const gate = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const it = await service({
    maxEventLoopDelayMs: 50,
    useCases: {
      async findActivity() {
        begun.resolve();
        await gate.promise;
        return undefined;
      },
    },
  });
  expect(await metrics.read('user_activity.http.shed_requests')).toMatchObject([{ value: 0 }]);
  const early = it.app.inject('/api/logs/some-id');
  await begun.promise;
  await overload(it);

  const answer = await post(it.app, '/api/logs', draft);
  expect(answer.statusCode).toBe(503);
  expect(answer.headers).toMatchObject({
    'content-type': 'application/problem+json',
    'retry-after': '3',
    'x-request-id': expect.any(String) as string,
  });
  expect(answer.json()).toEqual({
    type: 'about:blank',
    title: 'Service Unavailable',
    status: 503,
    detail: 'The service has more requests than it can answer. Try again later.',
    errors: [],
  });
  expect(it.logged()).toEqual([]);
  for (const url of ['/docs', '/none', '/api/projects']) expect(await statusOf(it, url)).toBe(503);
  for (const url of ['/health/live', '/health/ready', '/metrics']) expect(await statusOf(it, url)).toBe(200);
  const [shed] = await metrics.read('user_activity.http.shed_requests');
  expect(shed?.value).toBeGreaterThanOrEqual(5);
  expect(it.lines.filter((line) => line.includes('more requests than it can answer')).join()).not.toContain(
    'stack',
  );

  // The request that began before the overload is answered.
  gate.resolve();
  expect((await early).statusCode).toBe(404);
  await relax(it);
  expect((await post(it.app, '/api/logs', draft)).statusCode).toBe(202);
});

test('in the first 6 s after the start, no request is refused', async () => {
  const it = await service({ maxEventLoopDelayMs: 50 });
  await block();
  vi.advanceTimersByTime(3000);
  expect(await statusOf(it, '/api/logs')).toBe(200);
  await overload(it);
  expect(performance.now()).toBeGreaterThanOrEqual(6000);
});
