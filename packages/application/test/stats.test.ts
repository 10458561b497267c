import { MemoryActivityRepository } from '@user-activity/adapter-memory';
import {
  type ActivityRepository,
  DomainError,
  type QueryParameters,
  StatsQuery,
  Timestamp,
  type TimeSlots,
} from '@user-activity/domain';
import { sampleActivities, sampleActivity, type SampleFields } from '@user-activity/port-contracts';
import { describe, expect, test } from 'vitest';
import { makeActivityStats } from '../src/index.ts';

const askedAt = Timestamp.parse('2026-11-24T08:30:00Z');

/** What a repository was asked, and the stats of it. */
async function place(...activities: readonly SampleFields[]) {
  const repository = new MemoryActivityRepository();
  await repository.save(activities.map((fields) => sampleActivity(fields)));
  const asked: (keyof ActivityRepository)[] = [];
  let slots: TimeSlots | undefined;
  const watched: ActivityRepository = {
    save: (all) => repository.save(all),
    count: (filter) => repository.count(filter),
    findByIds: (ids) => repository.findByIds(ids),
    findById: (id) => repository.findById(id),
    ping: () => repository.ping(),
    find(query) {
      asked.push('find');
      return repository.find(query);
    },
    countByKey(...question) {
      asked.push('countByKey');
      return repository.countByKey(...question);
    },
    countBySlot(filter, given) {
      asked.push('countBySlot');
      slots = given;
      return repository.countBySlot(filter, given);
    },
  };
  const activityStats = makeActivityStats({ repository: watched });
  const stats = async (parameters: QueryParameters) => activityStats(StatsQuery.parse(parameters, askedAt));
  return { repository, stats, asked, slots: () => slots };
}

const at = (createdAt: string): SampleFields => ({ createdAt });

describe('conditions on metadata', () => {
  const rare = { 'metadata.a': ['1'], from: ['2000-01-01T00:00:00Z'] };

  test('hold for every count', async () => {
    const { stats } = await place({ metadata: { a: 1 } }, { metadata: { a: 2 }, type: 'LOGOUT' }, {});
    expect(await stats({ by: ['type'], ...rare })).toEqual([{ key: 'LOGIN', count: 1 }]);
    expect(await stats({ by: ['userId'], ...rare })).toEqual([{ key: 'user-1', count: 1 }]);
    expect(await stats({ by: ['day'], ...rare })).toEqual([{ key: '2026-01-02', count: 1 }]);
  });

  test('are not looked up to learn of a span that is short without them', async () => {
    const { stats, asked } = await place({ metadata: { a: 1 } }, at('2026-01-03T00:00:00Z'));
    expect(await stats({ by: ['minute'], ...rare })).toHaveLength(1);
    expect(asked).toEqual(['find', 'find', 'countBySlot']);
  });

  test('make a span short that is too long without them', async () => {
    const { stats, asked } = await place({ metadata: { a: 1 } }, at('2001-01-01T00:00:00Z'));
    expect(await stats({ by: ['minute'], ...rare })).toHaveLength(1);
    expect(asked).toEqual(['find', 'find', 'find', 'find', 'countBySlot']);
    expect(await stats({ by: ['minute'], ...rare, 'metadata.b': ['1'] })).toEqual([]);
    const all = stats({ by: ['minute'], from: rare.from });
    await expect(all).rejects.toMatchObject({ code: 'QUERY_TOO_BROAD' });
  });
});

test.each(['type', 'day'])('where a count by %s takes too long, what to narrow is told', async (by) => {
  const repository = new MemoryActivityRepository();
  const late = () => Promise.reject(new DomainError('STORE_TIMEOUT', 'Too long.'));
  Object.assign(repository, { find: late, countByKey: late });
  const asked = makeActivityStats({ repository })(StatsQuery.parse({ by: [by] }, askedAt));
  await expect(asked).rejects.toMatchObject({
    code: 'STORE_TIMEOUT',
    message: 'Too long. To narrow it, ask for a userId, or add from and to.',
  });
});

describe('by type or user', () => {
  test('the most frequent come first, then by code points', async () => {
    // In UTF-16 the face would come before the full-width letter.
    const users = ['b', 'b', 'a', 'Z', '\u{1F600}', '\uFF21', 'ab'];
    const { stats, asked } = await place(...users.map((userId) => ({ userId })));
    const keys = (await stats({ by: ['userId'] })).map(({ key, count }) => `${key} ${count}`);
    expect(keys).toEqual(['b 2', 'Z 1', 'a 1', 'ab 1', '\uFF21 1', '\u{1F600} 1']);
    expect(asked).toEqual(['countByKey']);
  });

  test('nothing comes to nothing', async () => {
    const { stats } = await place();
    expect(await stats({ by: ['type'] })).toEqual([]);
  });

  test.each([
    [
      'userId',
      'The query is too broad: it counts more than 10000 users: narrow it by "from" and "to", "userId" or "type".',
    ],
    [
      'type',
      'The query is too broad: it counts more than 10000 types: narrow it by "from" and "to", "type" or "userId".',
    ],
  ])('of more than 10,000 of them (%s) it says what to narrow', async (by, message) => {
    const { repository, stats } = await place();
    const name = (index: number) => ({ userId: `u${index}`, type: `T${index}` });
    await repository.save(Array.from({ length: 10_000 }, (_, index) => sampleActivity(name(index))));
    expect(await stats({ by: [by] })).toHaveLength(10_000);
    await repository.save([sampleActivity(name(10_000))]);
    await expect(stats({ by: [by] })).rejects.toMatchObject({
      code: 'QUERY_TOO_BROAD',
      kind: 'invalid-query',
      message,
      violations: [{ path: '/by' }],
    });
  });
});

describe('over time', () => {
  test('the slots of a zone come in their order, and empty ones not at all', async () => {
    const { stats } = await place(
      at('2026-10-25T00:59:59.999Z'),
      at('2026-10-25T01:00:00Z'),
      at('2026-10-25T00:00:00Z'),
      at('2026-10-27T12:00:00Z'),
    );
    const timezone = ['Europe/Berlin'];
    expect(await stats({ by: ['hour'], timezone })).toEqual([
      { key: '2026-10-25T02:00:00+02:00', count: 2 },
      { key: '2026-10-25T02:00:00+01:00', count: 1 },
      { key: '2026-10-27T13:00:00+01:00', count: 1 },
    ]);
    expect(await stats({ by: ['day'], timezone })).toEqual([
      { key: '2026-10-25', count: 3 },
      { key: '2026-10-27', count: 1 },
    ]);
    expect(await stats({ by: ['minute'], to: ['2026-10-25T00:30:00Z'] })).toEqual([
      { key: '2026-10-25T00:00:00Z', count: 1 },
    ]);
  });

  test('of nothing there is nothing, and of a time of no length', async () => {
    const { stats, asked } = await place();
    expect(await stats({ by: ['day'] })).toEqual([]);
    expect(asked).toEqual(['find', 'find']);
    const now = ['2026-10-25T00:00:00Z'];
    expect(await stats({ by: ['day'], from: now, to: now })).toEqual([]);
  });

  test('the last moment that there can be is counted', async () => {
    const { stats } = await place(at('9999-12-31T23:59:59.999Z'), at('9999-12-31T00:00:00Z'));
    expect(await stats({ by: ['day'] })).toEqual([{ key: '9999-12-31', count: 2 }]);
    const { stats: first } = await place(at('0000-01-01T00:00:00Z'));
    expect(await first({ by: ['day'], timezone: ['Etc/GMT+1'] })).toEqual([
      { key: '-000001-12-31', count: 1 },
    ]);
  });

  test.each([
    ['minute', 60, '13 days apart, or count by "hour" or "day"'],
    ['hour', 3600, '833 days apart, or count by "day"'],
    ['day', 86_400, '54 years apart'],
  ])(
    'a span of 20,000 %ss is counted, a longer one is refused before anything is',
    async (unit, seconds, advice) => {
      const first = Date.UTC(1970, 0);
      const last = first + 20_000 * seconds * 1000 - 1;
      const { repository, stats, asked } = await place({ createdAt: first }, { createdAt: last });
      expect(await stats({ by: [unit] })).toHaveLength(2);
      await repository.save([sampleActivity({ createdAt: last + 1 })]);
      asked.length = 0;
      await expect(stats({ by: [unit] })).rejects.toMatchObject({
        code: 'QUERY_TOO_BROAD',
        message: `The query is too broad: it spans more than 20000 ${unit}s: give "from" and "to" at most ${advice}.`,
      });
      expect(asked).toEqual(['find', 'find']);
      const to = [new Date(last + 1).toISOString()];
      expect(await stats({ by: [unit], to })).toHaveLength(2);
    },
  );

  test('what is asked for may be long, where what there is is not', async () => {
    const { stats } = await place(at('2026-10-25T00:59:59.999Z'));
    const range = { from: ['0000-01-01T00:00:00Z'], to: ['9999-01-01T00:00:00Z'] };
    expect(await stats({ by: ['minute'], ...range })).toHaveLength(1);
  });

  test('a short time that is given is not looked for', async () => {
    const { stats, asked, slots } = await place(at('2026-10-25T00:59:59.999Z'));
    const range = { from: ['2026-10-25T00:00:00Z'], to: ['2026-10-25T01:00:00Z'] };
    expect(await stats({ by: ['hour'], timezone: ['Europe/Berlin'], ...range })).toHaveLength(1);
    expect(asked).toEqual(['countBySlot']);
    // The clock changes at its end, which is no part of it.
    expect(slots()?.offsets).toEqual([
      { from: Timestamp.parse('2026-10-25T00:00:00Z'), offsetMs: 7_200_000 },
    ]);
  });

  test('what is saved meanwhile does not matter', async () => {
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
    const activityStats = makeActivityStats({ repository: racing });
    const counted = activityStats(StatsQuery.parse({ by: ['day'] }, askedAt));
    expect(await counted).toEqual([{ key: '2026-01-02', count: 3 }]);
  });
});
