import { MemoryActivityRepository } from '@user-activity/adapter-memory';
import { DomainError, type KeyField } from '@user-activity/domain';
import { sampleActivity, type SampleFields } from '@user-activity/port-contracts';
import { describe, expect, test } from 'vitest';
import { makeActivityStats } from '../src/querying/activity-stats.ts';
import { statsPlace, statsQuery } from './stats-place.ts';

const at = (createdAt: string): SampleFields => ({ createdAt });

describe('conditions on metadata', () => {
  const rare = { a: '1', from: '2000-01-01T00:00:00Z' };

  test('apply to every count', async () => {
    const { stats } = await statsPlace({ metadata: { a: 1 } }, { metadata: { a: 2 }, type: 'LOGOUT' }, {});
    expect(await stats({ by: 'type', ...rare })).toEqual([{ key: 'LOGIN', count: 1 }]);
    expect(await stats({ by: 'userId', ...rare })).toEqual([{ key: 'user-1', count: 1 }]);
    expect(await stats({ by: 'day', ...rare })).toEqual([{ key: '2026-01-02', count: 1 }]);
  });

  test('are not used to find the times of the first and the last activity', async () => {
    const { stats, asked, searched } = await statsPlace(
      { metadata: { a: 1 } },
      at('2001-01-01T00:00:00Z'),
      at('2090-01-01T00:00:00Z'),
    );
    expect(await stats({ by: 'minute', ...rare })).toHaveLength(1);
    expect(asked).toEqual(['find', 'find', 'countBySlot', 'find', 'countBySlot']);
    expect(searched()).toEqual(0);
  });
});

test.each(['type', 'day'] as const)(
  'if a count by %s takes too long, the error says how to narrow the query',
  async (by) => {
    const repository = new MemoryActivityRepository();
    const late = () => Promise.reject(new DomainError('STORE_TIMEOUT', 'Too long.'));
    Object.assign(repository, { find: late, countByKey: late });
    const asked = makeActivityStats({ repository, now: () => 0, maxMs: 10_000 })(statsQuery({ by }));
    await expect(asked).rejects.toMatchObject({
      code: 'STORE_TIMEOUT',
      message: 'Too long. To narrow the query, add "userId", or add "from" and "to".',
    });
  },
);

describe('by type or user', () => {
  test('are sorted by falling count, then by code points', async () => {
    // In the order of UTF-16 units, the face would come before the full-width letter.
    const users = ['b', 'b', 'a', 'Z', '\u{1F600}', '\uFF21', 'ab'];
    const { stats, asked } = await statsPlace(...users.map((userId) => ({ userId })));
    const keys = (await stats({ by: 'userId' })).map(({ key, count }) => `${key} ${count}`);
    expect(keys).toEqual(['b 2', 'Z 1', 'a 1', 'ab 1', '\uFF21 1', '\u{1F600} 1']);
    expect(asked).toEqual(['countByKey']);
  });

  test('have no counts if there are no activities', async () => {
    const { stats } = await statsPlace();
    expect(await stats({ by: 'type' })).toEqual([]);
  });

  test.each<[KeyField, string]>([
    [
      'userId',
      'The query is too broad: it counts more than 10000 users: narrow it by "from" and "to", "userId" or "type".',
    ],
    [
      'type',
      'The query is too broad: it counts more than 10000 types: narrow it by "from" and "to", "type" or "userId".',
    ],
  ])('if there are more than 10,000 (%s), the error says how to narrow the query', async (by, message) => {
    const { repository, stats } = await statsPlace();
    const name = (index: number) => ({ userId: `u${index}`, type: `T${index}` });
    await repository.save(Array.from({ length: 10_000 }, (_, index) => sampleActivity(name(index))));
    expect(await stats({ by })).toHaveLength(10_000);
    await repository.save([sampleActivity(name(10_000))]);
    await expect(stats({ by })).rejects.toMatchObject({
      code: 'QUERY_TOO_BROAD',
      kind: 'invalid-query',
      message,
      violations: [{ path: '/by' }],
    });
  });
});
