import assert from 'node:assert/strict';
import {
  type ActivityFilter,
  type ActivityRepository,
  ActivityType,
  type KeyField,
  type SlotCount,
  Timestamp,
  TimeRange,
  type TimeSlots,
  type UserActivity,
  UserId,
} from '@user-activity/domain';
import * as fc from 'fast-check';
import type { ContractCase } from './contract.ts';
import type { RepositorySubject } from './repository-subject.ts';
import { sampleActivities, sampleActivity } from './samples.ts';
import { filterOf } from './walk.ts';

const start = Date.parse('2026-01-02T03:04:05.678Z');
const users = ['user-1', 'user-2', 'User-1', 'usér-1', '$user', '😀'];
const types = ['LOGIN', 'LOGOUT', 'LOGIN_FAILED', 'ÜBER', '𝒜'];
const most = 100;

const at = (millis: number): Timestamp => Timestamp.fromMillis(millis);
const slotsOf = (
  unitMs: number,
  ...offsets: readonly (readonly [from: number, offsetMs: number])[]
): TimeSlots => ({
  unitMs,
  offsets: offsets.map(([from, offsetMs]) => ({ from: at(from), offsetMs })),
});

const anyMoment = fc
  .tuple(fc.constantFrom(0, start, -3 * 86_400_000), fc.integer({ min: -6, max: 6 }))
  .map(([near, millis]) => near + millis);

const anyField = fc.record({
  userId: fc.constantFrom(...users),
  type: fc.constantFrom(...types),
  createdAt: anyMoment,
});

const anyFilter: fc.Arbitrary<ActivityFilter> = fc
  .record({
    userIds: fc.subarray(users, { maxLength: 3 }),
    types: fc.subarray(types, { maxLength: 3 }),
    from: fc.option(anyMoment, { nil: undefined }),
    to: fc.option(anyMoment, { nil: undefined }),
  })
  .map(({ userIds, types: wanted, from, to }) => ({
    userIds: userIds.map((user) => UserId.parse(user)),
    types: wanted.map((type) => ActivityType.parse(type)),
    createdAt: TimeRange.between(
      from === undefined ? undefined : at(from),
      to === undefined ? undefined : at(Math.max(from ?? to, to)),
    ),
  }));

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

/** The promise about counting what the activities have in common. */
export const statsCases: readonly ContractCase<RepositorySubject>[] = [
  {
    promise: 'R15',
    title: 'activities are counted by their type or user, of those that the filter lets through',
    async run(subject) {
      const repository = await subject.open();
      await repository.save([
        sampleActivity({ userId: 'user-1', type: 'LOGIN', createdAt: start }),
        sampleActivity({ userId: 'user-2', type: 'LOGIN', createdAt: start + 1 }),
        sampleActivity({ userId: 'user-1', type: 'LOGIN', createdAt: start + 2 }),
        sampleActivity({ userId: 'user-1', type: 'LOGOUT', createdAt: start + 3 }),
      ]);
      const [one, two] = [UserId.parse('user-1'), UserId.parse('user-2')];
      const [login, logout] = [ActivityType.parse('LOGIN'), ActivityType.parse('LOGOUT')];
      const createdAt = TimeRange.between(at(start + 1), at(start + 3));
      for (const [field, filter, expected] of [
        ['type', {}, { LOGIN: 3, LOGOUT: 1 }],
        ['type', { userIds: [one] }, { LOGIN: 2, LOGOUT: 1 }],
        ['type', { userIds: [one, two], types: [login] }, { LOGIN: 3 }],
        ['type', { types: [logout, login] }, { LOGIN: 3, LOGOUT: 1 }],
        ['type', { createdAt }, { LOGIN: 2 }],
        ['userId', {}, { 'user-1': 3, 'user-2': 1 }],
        ['userId', { types: [login] }, { 'user-1': 2, 'user-2': 1 }],
        ['userId', { types: [logout, login] }, { 'user-1': 3, 'user-2': 1 }],
        ['userId', { userIds: [two], types: [login, logout] }, { 'user-2': 1 }],
        ['userId', { userIds: [two] }, { 'user-2': 1 }],
        ['userId', { types: [login], createdAt }, { 'user-1': 1, 'user-2': 1 }],
        ['userId', { userIds: [two], types: [logout] }, {}],
      ] as const) {
        assert.deepEqual(await byKey(repository, filterOf(filter), field), expected);
      }
    },
  },
  {
    promise: 'R15',
    title: 'of more types or users than may be, it is told that there are',
    async run(subject) {
      const repository = await subject.open();
      await repository.save(
        Array.from({ length: 12 }, (_, index) =>
          sampleActivity({ userId: `user-${index}`, type: `TYPE_${index}`, createdAt: start + index }),
        ),
      );
      for (const field of ['type', 'userId'] as const) {
        assert.equal(await repository.countByKey(filterOf(), field, 11), 'too-many');
        assert.equal((await repository.countByKey(filterOf(), field, 12)).length, 12);
        const few = filterOf({ createdAt: TimeRange.between(at(start + 3), at(start + 6)) });
        assert.equal(await repository.countByKey(few, field, 2), 'too-many');
        assert.equal((await repository.countByKey(few, field, 3)).length, 3);
      }
    },
  },
  {
    promise: 'R15',
    title: 'slots begin where the clock of their segment shows whole units, also before 1970',
    async run(subject) {
      const repository = await subject.open();
      const moments = [-3_600_001, -3_600_000, -1, 0, 1_799_999, 1_800_000, 5_399_999, 5_400_000, 7_200_000];
      await repository.save(moments.map((createdAt) => sampleActivity({ createdAt })));
      const hour = 3_600_000;
      assert.deepEqual(await bySlot(repository, filterOf(), slotsOf(hour, [-hour, 0])), [
        [0, -2, 1],
        [0, -1, 2],
        [0, 0, 3],
        [0, 1, 2],
        [0, 2, 1],
      ]);
      // The clock goes from 00:30 to 02:00, and back again from 03:00 to 01:30.
      const changing = slotsOf(hour, [-hour, 0], [hour / 2, 1.5 * hour], [1.5 * hour, 0]);
      assert.deepEqual(await bySlot(repository, filterOf(), changing), [
        [0, -2, 1],
        [0, -1, 2],
        [0, 0, 2],
        [1, 2, 2],
        [2, 1, 1],
        [2, 2, 1],
      ]);
      const some = filterOf({ createdAt: TimeRange.between(at(-hour), at(hour / 2)) });
      assert.deepEqual(await bySlot(repository, some, changing), [
        [0, -1, 2],
        [0, 0, 2],
      ]);
    },
  },
  {
    promise: 'R15',
    title: 'what is far from 1970 is counted to the millisecond, by old offsets too',
    async run(subject) {
      const repository = await subject.open();
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
      assert.deepEqual(await bySlot(repository, filterOf(), slots), [
        [0, low, 2],
        [0, low + 1, 1],
        [1, high - 1, 1],
        [1, high, 1],
      ]);
    },
  },
  {
    promise: 'R15',
    title: 'any count is what counting all of it one by one would give',
    async run(subject) {
      const repository = await subject.open();
      const everything: UserActivity[] = [];
      const question = fc.record({ filter: anyFilter, slots: anySlots });
      await fc.assert(
        fc.asyncProperty(
          fc.array(anyField, { maxLength: 12 }),
          fc.array(question, { minLength: 4, maxLength: 4 }),
          async (fields, questions) => {
            const added = fields.map((field) => sampleActivity(field));
            await repository.save(added);
            everything.push(...added);
            for (const { filter, slots } of questions) {
              const through = everything.filter((activity) => letsThrough(filter, activity));
              for (const field of ['type', 'userId'] as const)
                assert.deepEqual(
                  await byKey(repository, filter, field),
                  tally(through.map((activity) => activity[field])),
                );
              const found = await bySlot(repository, filter, slots);
              assert.deepEqual(
                Object.fromEntries(found.map(([segment, slot, count]) => [`${segment} ${slot}`, count])),
                tally(through.map(({ createdAt }) => slotAt(slots, createdAt))),
              );
            }
          },
        ),
        { numRuns: 20, endOnFailure: true },
      );
    },
  },
  {
    promise: 'R15',
    title: 'what is saved during a count makes it neither lose nor double what was there',
    async run(subject) {
      const repository = await subject.open();
      await repository.save(sampleActivities(500));
      const slots = slotsOf(60_000, [start, 0]);
      const known = new Set(
        await bySlot(repository, filterOf(), slots).then((counts) => counts.map(([, slot]) => slot)),
      );
      for (let round = 0; round < 5; round += 1) {
        const saving = repository.save(
          Array.from({ length: 40 }, (_, index) =>
            sampleActivity({ type: 'NEWS', createdAt: start - 1000 * index }),
          ),
        );
        const [keys, counts] = await Promise.all([
          byKey(repository, filterOf(), 'type'),
          bySlot(repository, filterOf({ types: [ActivityType.parse('LOGIN')] }), slots),
          saving,
        ]);
        assert.equal(keys['LOGIN'], 500);
        assert.deepEqual(new Set(counts.map(([, slot]) => slot)), known);
        assert.equal(sum(counts.map(([, , count]) => count)), 500);
      }
      assert.equal((await byKey(repository, filterOf(), 'type'))['NEWS'], 200);
    },
  },
];

/** The counts by their key; a key that comes twice is a fault. */
async function byKey(
  repository: ActivityRepository,
  filter: ActivityFilter,
  field: KeyField,
): Promise<Record<string, number>> {
  const counts = await repository.countByKey(filter, field, most);
  assert.ok(counts !== 'too-many');
  const found = Object.fromEntries(counts.map(({ key, count }) => [key, count]));
  assert.equal(Object.keys(found).length, counts.length, 'a key came twice');
  return found;
}

/** The counts in the order of time; a slot that comes twice is a fault. */
async function bySlot(
  repository: ActivityRepository,
  filter: ActivityFilter,
  slots: TimeSlots,
): Promise<readonly (readonly [segment: number, slot: number, count: number])[]> {
  const counts = await repository.countBySlot(filter, slots);
  const names = counts.map(({ segment, slot }: SlotCount) => `${segment} ${slot}`);
  assert.equal(new Set(names).size, counts.length, 'a slot came twice');
  return counts
    .toSorted((a, b) => a.segment - b.segment || a.slot - b.slot)
    .map(({ segment, slot, count }) => [segment, slot, count] as const);
}

const letsThrough = (
  { userIds, types: wanted, createdAt }: ActivityFilter,
  activity: UserActivity,
): boolean =>
  (userIds.length === 0 || userIds.includes(activity.userId)) &&
  (wanted.length === 0 || wanted.includes(activity.type)) &&
  createdAt.holds(activity.createdAt);

function slotAt({ unitMs, offsets }: TimeSlots, moment: Timestamp): string {
  const begun = offsets.filter(({ from }) => from <= moment).length;
  const segment = Math.max(1, begun) - 1;
  return `${segment} ${Math.floor((moment + (offsets[segment]?.offsetMs ?? 0)) / unitMs)}`;
}

function tally(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
