import { sampleActivity } from '@user-activity/port-contracts';
import { maxSeries, type TimeUnit, timeUnits } from '@user-activity/domain';
import { expect, test } from 'vitest';
import { statsPlace } from './stats-place.ts';

const partMs = 54 * 365.25 * 86_400_000;

test('lines are in the order of time, then of code points', async () => {
  const at = (hour: number, type: string) => ({ type, createdAt: Date.UTC(2026, 0, 2, hour) });
  const { stats } = await statsPlace(
    at(5, 'B'),
    at(3, '\u{1F600}'),
    at(3, 'B'),
    at(3, '\uFF21'),
    at(3, 'B'),
    at(4, 'A'),
  );
  const lines = async (by: TimeUnit) =>
    (await stats({ by, series: 'type' })).map(({ key, type, count }) => `${key} ${type} ${count}`);
  expect(await lines('hour')).toEqual([
    '2026-01-02T03:00:00Z B 2',
    '2026-01-02T03:00:00Z \uFF21 1',
    '2026-01-02T03:00:00Z \u{1F600} 1',
    '2026-01-02T04:00:00Z A 1',
    '2026-01-02T05:00:00Z B 1',
  ]);
  expect(await lines('month')).toEqual([
    '2026-01 A 1',
    '2026-01 B 3',
    '2026-01 \uFF21 1',
    '2026-01 \u{1F600} 1',
  ]);
});

test.each(timeUnits)(
  'the lines of a %s with series add up to its line without series, over several parts',
  async (by) => {
    const first = Date.parse('1950-01-01T00:00:30Z');
    const activities = Array.from({ length: 60 }, (_, index) => ({
      createdAt: first + Math.floor((index * partMs) / 25),
      userId: `user-${(index * 7) % 5}`,
      type: index % 3 === 0 ? 'LOGIN' : 'LOGOUT',
    }));
    const { stats } = await statsPlace(...activities);
    const whole = await stats({ by, timezone: 'Europe/Berlin' });
    for (const series of ['type', 'userId'] as const) {
      const lines = await stats({ by, series, timezone: 'Europe/Berlin' });
      const totals = Map.groupBy(lines, ({ key }) => key);
      expect(
        [...totals].map(([key, some]) => ({ key, count: some.reduce((sum, { count }) => sum + count, 0) })),
      ).toEqual(whole);
      const users = new Set(activities.map(({ [series]: value }) => value));
      expect(new Set(lines.map(({ [series]: value }) => value))).toEqual(users);
    }
  },
);

test('more than 100 users are refused, and the error says how to narrow the query', async () => {
  const { repository, stats } = await statsPlace();
  const ofUser = (index: number) => sampleActivity({ userId: `user-${index}` });
  await repository.save(Array.from({ length: maxSeries }, (_, index) => ofUser(index)));
  expect(await stats({ by: 'day', series: 'userId' })).toHaveLength(100);
  await repository.save([ofUser(maxSeries)]);
  await expect(stats({ by: 'day', series: 'userId' })).rejects.toMatchObject({
    code: 'QUERY_TOO_BROAD',
    message:
      'The query is too broad: it counts more than 100 users: narrow it by "from" and "to", "userId" or "type".',
    violations: [{ path: '/by' }],
  });
});

test.each<[TimeUnit, number]>([
  ['minute', 60],
  ['month', 31 * 86_400],
])('20,000 combinations of a %s and a type are returned, and more are refused', async (by, seconds) => {
  const { repository, stats } = await statsPlace();
  const first = Date.UTC(1970, 0);
  const line = (index: number) =>
    sampleActivity({
      type: index % 2 === 0 ? 'A' : 'B',
      createdAt: first + Math.floor(index / 2) * seconds * 1000,
    });
  await repository.save(Array.from({ length: 20_000 }, (_, index) => line(index)));
  expect(await stats({ by, series: 'type' })).toHaveLength(20_000);
  await repository.save([line(20_000)]);
  await expect(stats({ by, series: 'type' })).rejects.toMatchObject({
    code: 'QUERY_TOO_BROAD',
    message: expect.stringContaining(
      `counts more than 20000 combinations of a ${by} and a type: bring`,
    ) as string,
  });
});

test('after the time limit, no further series is counted', async () => {
  const { stats, asked, takes } = await statsPlace({ type: 'A' }, { type: 'B' }, { type: 'C' });
  takes(5000);
  expect(await stats({ by: 'day', series: 'type' })).toHaveLength(3);
  takes(5001);
  asked.length = 0;
  await expect(stats({ by: 'day', series: 'type' })).rejects.toMatchObject({ code: 'STORE_TIMEOUT' });
  expect(asked.filter((name) => name === 'countBySlot')).toHaveLength(2);
});
