import assert from 'node:assert/strict';
import {
  type ActivityFilter,
  ActivityId,
  ActivityQuery,
  type Position,
  Timestamp,
  TimeRange,
  type UserActivity,
} from '@user-activity/domain';
import * as fc from 'fast-check';
import { repositoryCases } from './repository-subject.ts';
import { idsOf, sampleActivities, sampleActivity, sampleTime } from './samples.ts';
import { isSelected } from './stats-counts.ts';
import { filterOf, type FilterTexts, walk } from './walk.ts';

const users = ['user-1', 'user-2', 'User-1', 'user-10', 'usér-1'];
const types = ['LOGIN', 'LOGOUT', 'LOGIN_FAILED', 'ÜBER'];
/** Ids in the order of their bytes. A collation for human readers would sort them in another order. */
const ids = ['!', 'A', 'B', 'Z', '_', 'a', 'aa', 'b', 'z', '~'];

const anyField = fc.record({
  userId: fc.constantFrom(...users),
  type: fc.constantFrom(...types),
  createdAt: fc.integer({ min: 0, max: 8 }).map((offset) => sampleTime + offset),
});

const anyFilter: fc.Arbitrary<ActivityFilter> = fc
  .record({
    userIds: fc.subarray(users, { maxLength: 3 }),
    types: fc.subarray(types, { maxLength: 3 }),
    from: fc.option(fc.integer({ min: -1, max: 9 }), { nil: undefined }),
    length: fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined }),
  })
  .map(({ userIds, types: wanted, from, length }) =>
    filterOf({
      userIds,
      types: wanted,
      createdAt: TimeRange.between(
        from === undefined ? undefined : Timestamp.fromMillis(sampleTime + from),
        length === undefined ? undefined : Timestamp.fromMillis(sampleTime + (from ?? 0) + length),
      ),
    }),
  );

/** The promises about `find`. */
export const queryCases = repositoryCases({
  R7: {
    async 'a filter selects activities by user, type and time, from (inclusive) to (exclusive)'(repository) {
      const at = (millis: number): Timestamp => Timestamp.fromMillis(sampleTime + millis);
      await repository.save([
        sampleActivity({ id: 'a', userId: 'user-1', type: 'LOGIN', createdAt: at(0) }),
        sampleActivity({ id: 'b', userId: 'user-2', type: 'LOGIN', createdAt: at(1) }),
        sampleActivity({ id: 'c', userId: 'user-3', type: 'LOGOUT', createdAt: at(2) }),
        sampleActivity({ id: 'd', userId: 'user-1', type: 'LOGOUT', createdAt: at(3) }),
      ]);
      const found = async (filter: FilterTexts): Promise<string> =>
        (await walk(repository, { filter: filterOf(filter), order: 'asc', limit: 10 }))
          .flatMap(idsOf)
          .join('');
      assert.equal(await found({}), 'abcd');
      assert.equal(await found({ userIds: ['user-1'] }), 'ad');
      assert.equal(await found({ userIds: ['user-1', 'user-2'] }), 'abd');
      assert.equal(await found({ types: ['LOGOUT'] }), 'cd');
      assert.equal(await found({ types: ['LOGIN', 'LOGOUT'] }), 'abcd');
      assert.equal(await found({ userIds: ['user-1', 'user-2'], types: ['LOGIN'] }), 'ab');
      assert.equal(await found({ createdAt: TimeRange.between(at(1), at(3)) }), 'bc');
      assert.equal(await found({ createdAt: TimeRange.between(at(1), at(1)) }), '');
      assert.equal(await found({ userIds: ['user-1'], createdAt: TimeRange.between(at(1), undefined) }), 'd');
      assert.equal(
        await found({
          userIds: ['user-1'],
          types: ['LOGOUT'],
          createdAt: TimeRange.between(undefined, at(3)),
        }),
        '',
      );
    },
  },
  R8: {
    async '`asc` sorts by time, then by the bytes of the id, and `desc` is the exact reverse'(repository) {
      const shuffled = [5, 0, 9, 3, 7, 1, 8, 2, 6, 4].map((index) =>
        sampleActivity({ id: ids[index] ?? '' }),
      );
      await repository.save(shuffled);
      await repository.save([
        sampleActivity({ id: 'newest', createdAt: '2026-01-02T03:04:05.679Z' }),
        sampleActivity({ id: 'oldest', createdAt: '1969-07-20T20:17:40Z' }),
      ]);
      const expected = ['oldest', ...ids, 'newest'];
      const [ascending] = await walk(repository, { order: 'asc', limit: 500 });
      assert.deepEqual(idsOf(ascending ?? []), expected);
      const [descending] = await walk(repository, { order: 'desc', limit: 500 });
      assert.deepEqual(idsOf(descending ?? []), expected.toReversed());
    },
  },
  R9: {
    async 'all pages but the last are full, and hasMore is false only on the last'(repository) {
      const activities = sampleActivities(10, { createdAt: sampleTime });
      await repository.save(activities);
      for (const [limit, sizes] of [
        [3, [3, 3, 3, 1]],
        [5, [5, 5]],
        [10, [10]],
        [500, [10]],
      ] as const) {
        const pages = await walk(repository, { limit });
        assert.deepEqual(
          pages.map((page) => page.length),
          sizes,
        );
        assert.deepEqual(new Set(pages.flatMap(idsOf)).size, 10);
      }
      const nobody = filterOf({ userIds: ['nobody'] });
      assert.deepEqual(await walk(repository, { filter: nobody, limit: 1 }), [[]]);
    },
    async 'a walk can begin after any position, even if no activity has it'(repository) {
      const moments = [sampleTime, sampleTime + 2];
      const saved = moments.flatMap((createdAt) =>
        ids
          .filter((_, index) => index % 2 === 1)
          .map((id, index) =>
            sampleActivity({
              id: `${id}${createdAt - sampleTime}`,
              userId: users[index % 2] ?? '',
              createdAt,
            }),
          ),
      );
      await repository.save(saved);
      const filters = [[], users.slice(0, 1), users.slice(0, 2)].map((userIds) => filterOf({ userIds }));
      for (const filter of filters)
        for (const order of ['asc', 'desc'] as const)
          for (const millis of [-1, 0, 1, 2, 3])
            for (const id of [...ids, ...idsOf(saved)]) {
              const after = {
                createdAt: Timestamp.fromMillis(sampleTime + millis),
                id: ActivityId.parse(id),
              };
              const { activities } = await repository.find(
                ActivityQuery.of({ filter, order, after, limit: 500 }),
              );
              const rest = saved.filter((activity) => isAfter(activity, after) === (order === 'asc'));
              const others = rest.filter(
                ({ id: other, createdAt }) => other !== id || createdAt !== after.createdAt,
              );
              assert.deepEqual(idsOf(activities), expectedOf(others, { filter, order }));
            }
    },
    async 'a walk with any filter, order and limit returns all matching activities in order'(repository) {
      const allActivities: UserActivity[] = [];
      const anyFields = fc.array(anyField, { maxLength: 12 });
      const anyQuery = fc.record({
        filter: anyFilter,
        order: fc.constantFrom('asc' as const, 'desc' as const),
        limit: fc.integer({ min: 1, max: 7 }),
      });
      await fc.assert(
        fc.asyncProperty(
          anyFields,
          fc.array(anyQuery, { minLength: 4, maxLength: 4 }),
          async (fields, queries) => {
            const added = fields.map((field) => sampleActivity(field));
            await repository.save(added);
            allActivities.push(...added);
            for (const query of queries) {
              const pages = await walk(repository, query);
              assert.deepEqual(pages.flatMap(idsOf), expectedOf(allActivities, query));
            }
          },
        ),
        { numRuns: 20, endOnFailure: true },
      );
    },
  },
  R10: {
    async 'a walk skips and repeats no activity while others are saved'(_, subject) {
      for (const order of ['asc', 'desc'] as const) {
        const repository = await subject.open();
        const initial = sampleActivities(12, { userId: order });
        await repository.save(initial);
        let page = 0;
        const others = (): UserActivity[] => {
          page += 1;
          // Stops saving after five pages, so that the walk reaches its end.
          if (page > 5) return [];
          const times = [
            sampleTime - page,
            sampleTime + page * 1000,
            sampleTime + page * 1000 + 1,
            sampleTime + 100_000 + page,
          ];
          return times.map((createdAt) => sampleActivity({ userId: order, createdAt }));
        };
        const filter = filterOf({ userIds: [order] });
        const pages = await walk(repository, { filter, order, limit: 2 }, () => repository.save(others()));
        const seen = pages.flatMap(idsOf);
        assert.equal(new Set(seen).size, seen.length, 'an activity was returned twice');
        const wanted = order === 'asc' ? idsOf(initial) : idsOf(initial).toReversed();
        assert.deepEqual(
          seen.filter((id) => wanted.includes(id)),
          wanted,
        );
      }
    },
  },
});

/** Returns whether an activity comes after a position in ascending order. Ids are ASCII, so they compare as texts as they do as bytes. */
const isAfter = ({ createdAt, id }: UserActivity, position: Position): boolean =>
  createdAt > position.createdAt || (createdAt === position.createdAt && id > position.id);

function expectedOf(
  allActivities: readonly UserActivity[],
  { filter, order }: { readonly filter: ActivityFilter; readonly order: 'asc' | 'desc' },
): string[] {
  const ascending = allActivities
    .filter((activity) => isSelected(filter, activity))
    .toSorted((a, b) => a.createdAt - b.createdAt || Buffer.compare(Buffer.from(a.id), Buffer.from(b.id)));
  return idsOf(order === 'asc' ? ascending : ascending.toReversed());
}
