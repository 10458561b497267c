import assert from 'node:assert/strict';
import { TimeRange } from '@user-activity/domain';
import { repositoryCases } from './repository-subject.ts';
import { sampleActivities, sampleActivity, sampleTime } from './samples.ts';
import { at, countsBySlot, countsByKey, slotsOf } from './stats-counts.ts';
import { filterOf } from './walk.ts';

/** The promise R15 about grouped counts. */
export const statsCases = repositoryCases({
  R15: {
    async 'countByKey counts the activities that match the filter by type or user'(repository) {
      await repository.save([
        sampleActivity({ userId: 'user-1', type: 'LOGIN', createdAt: sampleTime }),
        sampleActivity({ userId: 'user-2', type: 'LOGIN', createdAt: sampleTime + 1 }),
        sampleActivity({ userId: 'user-1', type: 'LOGIN', createdAt: sampleTime + 2 }),
        sampleActivity({ userId: 'user-1', type: 'LOGOUT', createdAt: sampleTime + 3 }),
      ]);
      const createdAt = TimeRange.between(at(sampleTime + 1), at(sampleTime + 3));
      for (const [field, filter, expected] of [
        ['type', {}, { LOGIN: 3, LOGOUT: 1 }],
        ['type', { userIds: ['user-1'] }, { LOGIN: 2, LOGOUT: 1 }],
        ['type', { userIds: ['user-1', 'user-2'], types: ['LOGIN'] }, { LOGIN: 3 }],
        ['type', { types: ['LOGOUT', 'LOGIN'] }, { LOGIN: 3, LOGOUT: 1 }],
        ['type', { createdAt }, { LOGIN: 2 }],
        ['userId', {}, { 'user-1': 3, 'user-2': 1 }],
        ['userId', { types: ['LOGIN'] }, { 'user-1': 2, 'user-2': 1 }],
        ['userId', { types: ['LOGOUT', 'LOGIN'] }, { 'user-1': 3, 'user-2': 1 }],
        ['userId', { userIds: ['user-2'], types: ['LOGIN', 'LOGOUT'] }, { 'user-2': 1 }],
        ['userId', { userIds: ['user-2'] }, { 'user-2': 1 }],
        ['userId', { types: ['LOGIN'], createdAt }, { 'user-1': 1, 'user-2': 1 }],
        ['userId', { userIds: ['user-2'], types: ['LOGOUT'] }, {}],
      ] as const) {
        assert.deepEqual(await countsByKey(repository, filterOf(filter), field), expected);
      }
    },
    async 'countByKey returns too-many if there are more types or users than the limit'(repository) {
      await repository.save(
        Array.from({ length: 12 }, (_, index) =>
          sampleActivity({ userId: `user-${index}`, type: `TYPE_${index}`, createdAt: sampleTime + index }),
        ),
      );
      for (const field of ['type', 'userId'] as const) {
        assert.equal(await repository.countByKey(filterOf(), field, 11), 'too-many');
        assert.equal((await repository.countByKey(filterOf(), field, 12)).length, 12);
        const few = filterOf({ createdAt: TimeRange.between(at(sampleTime + 3), at(sampleTime + 6)) });
        assert.equal(await repository.countByKey(few, field, 2), 'too-many');
        assert.equal((await repository.countByKey(few, field, 3)).length, 3);
      }
    },
    async 'slots begin at whole units of the local time, across changes of the zone offset and before 1970'(
      repository,
    ) {
      const moments = [-3_600_001, -3_600_000, -1, 0, 1_799_999, 1_800_000, 5_399_999, 5_400_000, 7_200_000];
      await repository.save(moments.map((createdAt) => sampleActivity({ createdAt })));
      const hour = 3_600_000;
      assert.deepEqual(await countsBySlot(repository, filterOf(), slotsOf(hour, [-hour, 0])), [
        [0, -2, 1],
        [0, -1, 2],
        [0, 0, 3],
        [0, 1, 2],
        [0, 2, 1],
      ]);
      // The local time jumps from 00:30 to 02:00, and later back from 03:00 to 01:30.
      const changing = slotsOf(hour, [-hour, 0], [hour / 2, 1.5 * hour], [1.5 * hour, 0]);
      assert.deepEqual(await countsBySlot(repository, filterOf(), changing), [
        [0, -2, 1],
        [0, -1, 2],
        [0, 0, 2],
        [1, 2, 2],
        [2, 1, 1],
        [2, 2, 1],
      ]);
      const range = filterOf({ createdAt: TimeRange.between(at(-hour), at(hour / 2)) });
      assert.deepEqual(await countsBySlot(repository, range, changing), [
        [0, -1, 2],
        [0, 0, 2],
      ]);
    },
    async 'the earliest and latest possible times are in the right slots, even if zone offsets have seconds'(
      repository,
    ) {
      const [first, last] = [Date.parse('0000-01-01T00:00:00Z'), Date.parse('9999-12-31T23:59:59.999Z')];
      const minute = 60_000;
      await repository.save(
        [first, first + 29_999, first + 30_000, last - 29_999, last].map((createdAt) =>
          sampleActivity({ createdAt }),
        ),
      );
      const slots = slotsOf(minute, [first, -2_670_000], [last - 30_000, 29_000]);
      const low = Math.floor((first - 2_670_000) / minute);
      const high = Math.floor((last + 29_000) / minute);
      assert.deepEqual(await countsBySlot(repository, filterOf(), slots), [
        [0, low, 2],
        [0, low + 1, 1],
        [1, high - 1, 1],
        [1, high, 1],
      ]);
    },
    async 'grouped counts include every earlier activity exactly once while others are saved'(repository) {
      await repository.save(sampleActivities(500));
      const slots = slotsOf(60_000, [sampleTime, 0]);
      const known = new Set(
        await countsBySlot(repository, filterOf(), slots).then((counts) => counts.map(([, slot]) => slot)),
      );
      for (let round = 0; round < 5; round += 1) {
        const saving = repository.save(
          Array.from({ length: 40 }, (_, index) =>
            sampleActivity({ type: 'NEWS', createdAt: sampleTime - 1000 * index }),
          ),
        );
        const [keys, counts] = await Promise.all([
          countsByKey(repository, filterOf(), 'type'),
          countsBySlot(repository, filterOf({ types: ['LOGIN'] }), slots),
          saving,
        ]);
        assert.equal(keys['LOGIN'], 500);
        assert.deepEqual(new Set(counts.map(([, slot]) => slot)), known);
        assert.equal(sum(counts.map(([, , count]) => count)), 500);
      }
      assert.equal((await countsByKey(repository, filterOf(), 'type'))['NEWS'], 200);
    },
  },
});

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
