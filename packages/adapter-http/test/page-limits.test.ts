import type { ApiUseCases } from '@user-activity/application';
import { afterEach, expect, test, vi } from 'vitest';
import { service } from './service.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const emptyPage = { activities: [], hasMore: false };

/** Makes a use case that returns nothing before it is released, and counts its calls. */
function held() {
  const gate = Promise.withResolvers<void>();
  const findActivities = vi.fn<ApiUseCases['findActivities']>(async () => {
    await gate.promise;
    return emptyPage;
  });
  return { findActivities, release: gate.resolve, asked: () => findActivities.mock.calls.length };
}

const page = '/api/logs';
const search = '/api/logs?userId=u&metadata.a=1';

test('at most eight pages are made at a time, and eight searches do not delay them', async () => {
  const { findActivities, release, asked } = held();
  const { app } = await service({ useCases: { findActivities } });
  const searches = Array.from({ length: 20 }, () => app.inject(search));
  await expect.poll(asked).toBe(8);
  const pages = Array.from({ length: 20 }, () => app.inject(page));
  await expect.poll(asked).toBe(16);
  expect((await app.inject('/health/live')).statusCode).toBe(200);
  expect(asked()).toBe(16);
  release();
  const answers = await Promise.all([...searches, ...pages]);
  expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array.from({ length: 40 }, () => 200));
  expect(asked()).toBe(40);
});

test('a page that waited for more than ten seconds is refused without a query to the store', async () => {
  const { findActivities, release, asked } = held();
  const { app, clock } = await service({ useCases: { findActivities } });
  const read = vi.spyOn(clock, 'now');
  const pages = Array.from({ length: 8 }, () => app.inject(page));
  await expect.poll(asked).toBe(8);
  const late = app.inject(page);
  // A query waits for its slot as soon as the request is read.
  await expect.poll(() => read.mock.calls.length).toBe(9);
  const now = performance.now();
  vi.spyOn(performance, 'now').mockReturnValue(now + 10_001);
  release();
  await Promise.all(pages);
  const { statusCode, headers } = await late;
  expect([statusCode, headers['retry-after']]).toEqual([503, '1']);
  expect(asked()).toBe(8);
});
