import assert from 'node:assert/strict';
import {
  type ActivityFilter,
  type MetadataCondition,
  Timestamp,
  TimeRange,
  type TimeSlots,
  type UserActivity,
} from '@user-activity/domain';
import * as fc from 'fast-check';
import { repositoryCases } from './repository-subject.ts';
import { activitiesWithRareSteps, sampleActivity, sampleTime } from './samples.ts';
import { assertCounts, at, slotsOf } from './stats-counts.ts';
import { filterOf, saveAll, where } from './walk.ts';

const users = ['user-1', 'user-2', 'User-1', 'usér-1', '$user', '😀'];
const types = ['LOGIN', 'LOGOUT', 'LOGIN_FAILED', 'ÜBER', '𝒜'];
const metadatas = [{}, { a: 1 }, { a: '1', b: [1, 'x'] }, { a: null, b: 'x' }];
const conditions = [where('a', '1'), where('b', 'x'), where('a', 'null', '2'), where('c', '1')];
const yearZero = Timestamp.parse('0000-01-01T00:00:00Z');

const anyMoment = fc
  .tuple(fc.constantFrom(0, sampleTime, -3 * 86_400_000), fc.integer({ min: -6, max: 6 }))
  .map(([near, millis]) => near + millis);

const anyField = fc.record({
  userId: fc.constantFrom(...users),
  type: fc.constantFrom(...types),
  metadata: fc.constantFrom(...metadatas),
  createdAt: anyMoment,
});

/** Returns the earliest time if there are conditions, because a filter with conditions needs a `from` or a user. */
const fromFor = (metadata: readonly MetadataCondition[]): Timestamp | undefined =>
  metadata.length > 0 ? yearZero : undefined;

const anyFilter: fc.Arbitrary<ActivityFilter> = fc
  .record({
    userIds: fc.subarray(users, { maxLength: 3 }),
    types: fc.subarray(types, { maxLength: 3 }),
    metadata: fc.oneof(fc.constant([]), fc.subarray(conditions, { maxLength: 2 })),
    from: fc.option(anyMoment, { nil: undefined }),
    to: fc.option(anyMoment, { nil: undefined }),
  })
  .map(({ userIds, types: wanted, metadata, from, to }) =>
    filterOf({
      userIds,
      types: wanted,
      createdAt: TimeRange.between(
        from === undefined ? fromFor(metadata) : at(from),
        to === undefined ? undefined : at(Math.max(from ?? to, to)),
      ),
      metadata,
    }),
  );

const anySlots: fc.Arbitrary<TimeSlots> = fc
  .record({
    unitMs: fc.constantFrom(1, 3, 7, 60_000, 86_400_000),
    froms: fc.uniqueArray(anyMoment, { minLength: 1, maxLength: 5 }),
    offsets: fc.array(fc.integer({ min: -50_000, max: 50_000 }), { minLength: 5, maxLength: 5 }),
  })
  .map(({ unitMs, froms, offsets }) =>
    slotsOf(
      unitMs,
      ...froms.toSorted((a, b) => a - b).map((from, index) => [from, offsets[index] ?? 0] as const),
    ),
  );

/** The promise R15 about grouped counts, with metadata conditions and with any filter. */
export const filteredStatsCases = repositoryCases({
  R15: {
    async 'metadata conditions apply to grouped counts of thousands of activities'(repository) {
      const activities = activitiesWithRareSteps();
      await saveAll(repository, activities);
      const slots = slotsOf(3_600_000, [yearZero, 0], [sampleTime + 2_000_000, 1_800_000]);
      const userIds = users.slice(0, 2);
      const createdAt = TimeRange.between(at(sampleTime + 1_500_000), at(sampleTime + 6_000_000));
      for (const filter of [
        { userIds },
        { userIds: userIds.slice(0, 1), types: ['LOGIN'] },
        { types: ['LOGOUT'], createdAt },
        { createdAt },
      ]) {
        for (const metadata of [
          [where('step', 'rare')],
          // With these conditions some users and slots have no matches.
          [where('step', 'rare', 'common'), where('first', 'true')],
          [where('step', 'other')],
        ])
          await assertCounts(repository, activities, filterOf({ ...filter, metadata }), slots);
      }
    },
    async 'only types or users with matching metadata count towards the limit of countByKey'(repository) {
      await repository.save(
        Array.from({ length: 12 }, (_, index) =>
          sampleActivity({
            userId: `user-${index}`,
            type: `TYPE_${index}`,
            metadata: { few: index < 3 },
            createdAt: sampleTime + index,
          }),
        ),
      );
      const createdAt = TimeRange.between(yearZero, undefined);
      const filter = filterOf({ createdAt, metadata: [where('few', 'true')] });
      for (const field of ['type', 'userId'] as const) {
        assert.equal(await repository.countByKey(filter, field, 2), 'too-many');
        assert.equal((await repository.countByKey(filter, field, 3)).length, 3);
      }
    },
    async 'for any filter and slots, grouped counts are the same as if the activities were counted one by one'(
      repository,
    ) {
      const allActivities: UserActivity[] = [];
      const anyQuery = fc.record({ filter: anyFilter, slots: anySlots });
      await fc.assert(
        fc.asyncProperty(
          fc.array(anyField, { maxLength: 12 }),
          fc.array(anyQuery, { minLength: 4, maxLength: 4 }),
          async (fields, queries) => {
            const added = fields.map((field) => sampleActivity(field));
            await repository.save(added);
            allActivities.push(...added);
            for (const { filter, slots } of queries)
              await assertCounts(repository, allActivities, filter, slots);
          },
        ),
        { numRuns: 20, endOnFailure: true },
      );
    },
  },
});
