import { MemoryActivityRepository } from '@user-activity/adapter-memory';
import { type ActivityRepository, Timestamp, type TimeUnit, timeUnits } from '@user-activity/domain';
import { sampleActivities, sampleActivity, type SampleFields } from '@user-activity/port-contracts';
import { describe, expect, test } from 'vitest';
import { makeActivityStats } from '../src/querying/activity-stats.ts';
import { statsPlace, statsQuery } from './stats-place.ts';

const at = (createdAt: string): SampleFields => ({ createdAt });

describe('over time', () => {
  test('the slots of a time zone are in order, without empty ones', async () => {
    const { stats } = await statsPlace(
      at('2026-10-25T00:59:59.999Z'),
      at('2026-10-25T01:00:00Z'),
      at('2026-10-25T00:00:00Z'),
      at('2026-10-27T12:00:00Z'),
    );
    const timezone = 'Europe/Berlin';
    expect(await stats({ by: 'hour', timezone })).toEqual([
      { key: '2026-10-25T02:00:00+02:00', count: 2 },
      { key: '2026-10-25T02:00:00+01:00', count: 1 },
      { key: '2026-10-27T13:00:00+01:00', count: 1 },
    ]);
    expect(await stats({ by: 'day', timezone })).toEqual([
      { key: '2026-10-25', count: 3 },
      { key: '2026-10-27', count: 1 },
    ]);
    expect(await stats({ by: 'minute', to: '2026-10-25T00:30:00Z' })).toEqual([
      { key: '2026-10-25T00:00:00Z', count: 1 },
    ]);
  });

  test('without activities, or in an empty range, there are no lines', async () => {
    const { stats, asked } = await statsPlace();
    expect(await stats({ by: 'day' })).toEqual([]);
    expect(asked).toEqual(['find', 'find']);
    const now = '2026-10-25T00:00:00Z';
    expect(await stats({ by: 'day', from: now, to: now })).toEqual([]);
  });

  test('an activity at the last valid time is counted', async () => {
    const { stats } = await statsPlace(at('9999-12-31T23:59:59.999Z'), at('9999-12-31T00:00:00Z'));
    expect(await stats({ by: 'day' })).toEqual([{ key: '9999-12-31', count: 2 }]);
    const { stats: first } = await statsPlace(at('0000-01-01T00:00:00Z'));
    expect(await first({ by: 'day', timezone: 'Etc/GMT+1' })).toEqual([{ key: '-000001-12-31', count: 1 }]);
  });

  test('an activity far in the past or the future adds only one line', async () => {
    const { stats } = await statsPlace(
      at('0008-11-29T12:00:00Z'),
      at('1970-01-01T00:00:00Z'),
      at('2026-11-28T12:00:00Z'),
      at('2026-11-29T12:00:00Z'),
      at('2569-11-29T12:00:00Z'),
    );
    const days = ['0008-11-29', '1970-01-01', '2026-11-28', '2026-11-29', '2569-11-29'];
    const keysBy = async (by: TimeUnit) => (await stats({ by })).map(({ key }) => key);
    expect(await keysBy('day')).toEqual(days);
    expect(await keysBy('hour')).toEqual(
      days.map((day) => `${day}T${day === '1970-01-01' ? '00' : '12'}:00:00Z`),
    );
    expect(await keysBy('minute')).toHaveLength(5);
    expect(await keysBy('week')).toEqual(['0008-11-24', '1969-12-29', '2026-11-23', '2569-11-27']);
    expect(await keysBy('month')).toEqual(['0008-11', '1970-01', '2026-11', '2569-11']);
  });

  test.each<[TimeUnit, number, string]>([
    ['minute', 60, ', or count by "hour", "day", "week" or "month"'],
    ['hour', 3600, ', or count by "day", "week" or "month"'],
    ['day', 86_400, ', or count by "week" or "month"'],
    ['week', 7 * 86_400, ', or count by "month"'],
    ['month', 31 * 86_400, ''],
  ])(
    '20,000 %ss are returned, and for more the error says how to narrow the query',
    async (unit, seconds, others) => {
      const first = Date.UTC(1970, 0);
      const every = (index: number) => ({ createdAt: first + index * seconds * 1000 });
      const { stats, repository, asked } = await statsPlace();
      const activities = Array.from({ length: 20_000 }, (_, index) => sampleActivity(every(index)));
      await repository.save(activities);
      expect(await stats({ by: unit })).toHaveLength(20_000);
      await repository.save([sampleActivity(every(20_000))]);
      await expect(stats({ by: unit })).rejects.toMatchObject({
        code: 'QUERY_TOO_BROAD',
        message: `The query is too broad: it counts more than 20000 ${unit}s: bring "from" and "to" closer together${others}.`,
        violations: [{ path: '/by' }],
      });
      asked.length = 0;
      const to = new Date(every(20_000).createdAt).toISOString();
      expect(await stats({ by: unit, to })).toHaveLength(20_000);
    },
  );

  test('a long range is counted in parts, each of which begins at an activity', async () => {
    const { stats, asked, slots } = await statsPlace(
      at('1900-01-01T00:00:00Z'),
      at('1900-01-02T00:00:00Z'),
      at('2026-10-24T22:30:00Z'),
      at('2026-10-25T22:30:00Z'),
    );
    expect(await stats({ by: 'week', timezone: 'Europe/Berlin' })).toEqual([
      { key: '1900-01-01', count: 2 },
      { key: '2026-10-19', count: 2 },
    ]);
    expect(asked).toEqual(['find', 'find', 'countBySlot', 'find', 'countBySlot']);
    expect(slots()?.offsets).toEqual([
      { from: Timestamp.parse('2026-10-24T22:30:00Z'), offsetMs: 7_200_000 },
      { from: Timestamp.parse('2026-10-25T01:00:00Z'), offsetMs: 3_600_000 },
    ]);
  });

  test('a unit of time that two parts share is one line', async () => {
    const partMs = 54 * 365.25 * 86_400_000;
    // The second part begins at 12:00:30.
    const first = Date.parse('1950-01-01T00:00:30Z');
    const times = [first, first + partMs - 2, first + partMs - 1, first + partMs, first + partMs + 1];
    for (const by of timeUnits) {
      const { stats, asked } = await statsPlace(...times.map((createdAt) => ({ createdAt })));
      const counts = await stats({ by });
      expect(asked.filter((name) => name === 'countBySlot')).toHaveLength(2);
      expect(counts.map(({ count }) => count)).toEqual([1, 4]);
    }
  });

  test('after the time limit, no further part is counted, and the error says how to narrow the query', async () => {
    const { stats, asked, takes } = await statsPlace(
      at('1900-01-01T00:00:00Z'),
      at('2000-01-01T00:00:00Z'),
      at('2100-01-01T00:00:00Z'),
    );
    takes(5000);
    expect(await stats({ by: 'day' })).toHaveLength(3);
    takes(5001);
    asked.length = 0;
    await expect(stats({ by: 'day' })).rejects.toMatchObject({
      code: 'STORE_TIMEOUT',
      message:
        'The store took too long to answer the query. To narrow the query, add "userId", or add "from" and "to".',
    });
    expect(asked.filter((name) => name === 'countBySlot')).toHaveLength(2);
  });

  test('a range may be long if its activities are close together', async () => {
    const { stats } = await statsPlace(at('2026-10-25T00:59:59.999Z'));
    const range = { from: '0000-01-01T00:00:00Z', to: '9999-01-01T00:00:00Z' };
    expect(await stats({ by: 'minute', ...range })).toHaveLength(1);
  });

  test('the first activity is not searched for if the range is short', async () => {
    const { stats, asked, slots } = await statsPlace(at('2026-10-25T00:59:59.999Z'));
    const range = { from: '2026-10-25T00:00:00Z', to: '2026-10-25T01:00:00Z' };
    expect(await stats({ by: 'hour', timezone: 'Europe/Berlin', ...range })).toHaveLength(1);
    expect(asked).toEqual(['countBySlot']);
    // The clock changes at the end of the range, which does not belong to the range.
    expect(slots()?.offsets).toEqual([
      { from: Timestamp.parse('2026-10-25T00:00:00Z'), offsetMs: 7_200_000 },
    ]);
  });

  test('activities saved during a count do not change it', async () => {
    const repository = new MemoryActivityRepository();
    await repository.save(sampleActivities(3));
    const find: ActivityRepository['find'] = async (query) => {
      const page = await repository.find(query);
      await repository.save([
        sampleActivity(at('1900-01-01T00:00:00Z')),
        sampleActivity(at('2040-01-01T00:00:00Z')),
      ]);
      return page;
    };
    const racing: ActivityRepository = {
      save: (all) => repository.save(all),
      find,
      count: (filter) => repository.count(filter),
      findByIds: (ids) => repository.findByIds(ids),
      findById: (id) => repository.findById(id),
      countByKey: (...question) => repository.countByKey(...question),
      countBySlot: (...question) => repository.countBySlot(...question),
      ping: () => repository.ping(),
    };
    const activityStats = makeActivityStats({ repository: racing, now: () => 0, maxMs: 10_000 });
    const counted = activityStats(statsQuery({ by: 'day' }));
    expect(await counted).toEqual([{ key: '2026-01-02', count: 3 }]);
  });
});
