import {
  type ActivityFilter,
  ActivityType,
  type KeyField,
  MetadataCondition,
  type SlotCount,
  TimeRange,
  Timestamp,
  UserId,
} from '@user-activity/domain';
import { filterOf, sampleActivity } from '@user-activity/port-contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countBySlot, slotCounts } from '../src/slot-queries.ts';
import { countUpTo, distinctKeys, keyCounts } from '../src/stats-queries.ts';
import { MongoActivityRepository } from '../src/index.ts';
import { indexFor, keyIndexFor } from '../src/indexes.ts';
import type { IndexKey } from '../src/ranges.ts';
import { explained } from './explained.ts';
import { freshStore } from './mongo-subjects.ts';

const start = Date.parse('2026-01-02T03:04:05.678Z');
const users = ['user-1', 'user-2', 'user-3'].map((user) => UserId.parse(user));
const types = ['TYPE_1', 'TYPE_2', 'TYPE_3'].map((type) => ActivityType.parse(type));

let place: Awaited<ReturnType<typeof freshStore>>;
beforeAll(async () => {
  place = await freshStore();
  const activities = Array.from({ length: 540 }, (_, index) =>
    sampleActivity({
      userId: users[index % 3] ?? '',
      type: types[Math.floor(index / 3) % 3] ?? '',
      metadata: { even: index % 2 === 0 },
      createdAt: start + index * 1000,
    }),
  );
  await new MongoActivityRepository(place.store).save(activities);
});
afterAll(() => place.close());

const at = (seconds: number) => Timestamp.fromMillis(start + seconds * 1000);
const ranges: readonly (readonly [string, TimeRange])[] = [
  ['of all time', TimeRange.between(undefined, undefined)],
  ['from a time on', TimeRange.between(at(90), undefined)],
  ['before a time', TimeRange.between(undefined, at(450))],
  ['within a time', TimeRange.between(at(90), at(450))],
];
const filters: readonly (readonly [string, Partial<ActivityFilter>])[] = [
  ['of all', {}],
  ['of a user', { userIds: users.slice(0, 1) }],
  ['of users', { userIds: users.slice(0, 2) }],
  ['of a type', { types: types.slice(0, 1) }],
  ['of types', { types: types.slice(0, 2) }],
  ['of a user and a type', { userIds: users.slice(0, 1), types: types.slice(0, 1) }],
  ['of users and types', { userIds: users.slice(0, 2), types: types.slice(0, 2) }],
];
const combinations = ranges.flatMap(([when, createdAt]) =>
  filters.map(([of, given]) => [`${of}, ${when}`, filterOf({ ...given, createdAt })] as const),
);
const metadata = [{ path: ['even'], scalars: MetadataCondition.scalarsOf(['true']) }];
const searches = combinations
  .filter(([, { userIds, createdAt }]) => userIds.length > 0 || createdAt.from !== undefined)
  .map(([name, filter]) => [name, filter.with({ metadata })] as const);

const inTime = 10_000;

const nameOf = (index: IndexKey) => Object.entries(index).flat().join('_');
const lookedAt = ({ userIds, types: wanted, createdAt }: ActivityFilter) =>
  Array.from({ length: 540 }, (_, index) => index).filter(
    (index) =>
      (userIds.length === 0 || index % 3 < userIds.length) &&
      (wanted.length === 0 || Math.floor(index / 3) % 3 < wanted.length) &&
      createdAt.holds(at(index)),
  ).length;

describe.each(combinations)('counting what is %s', (_, filter) => {
  test.each<KeyField>(['type', 'userId'])(
    'by %s reads keys of the index that has it, and no document',
    async (field) => {
      const index = keyIndexFor(filter, field);
      for (const cursor of [
        keyCounts(place.store, filter, field, 100, index, inTime),
        distinctKeys(place.store, filter, field, 100, inTime),
      ]) {
        const { plan, examined, keys } = await explained(cursor);
        expect(plan).toContain(`"indexName":"${nameOf(index)}"`);
        expect(plan).not.toMatch(/COLLSCAN|FETCH/);
        expect(examined).toBe(0);
        // Behind each range of keys it looks at one more.
        expect(keys).toBeLessThanOrEqual(lookedAt(filter) + 20);
      }
    },
  );

  test.each([
    ['all', undefined],
    ['the first of it', 100],
  ])('by time reads keys of the index of the filter, and no document: %s', async (_part, first) => {
    const offsets = [90, 200, 300, 400].map((seconds) => ({ from: at(seconds), offsetMs: -seconds }));
    const cursor = slotCounts(place.store, filter, { unitMs: 60_000, offsets }, inTime, first);
    const { plan, examined, keys } = await explained(cursor);
    expect(plan).toContain(`"indexName":"${nameOf(indexFor(filter))}"`);
    expect(plan).not.toMatch(/COLLSCAN|FETCH|"SORT"/);
    expect(examined).toBe(0);
    expect(keys).toBeLessThanOrEqual(Math.min(lookedAt(filter), first ?? 1000) + 20);
  });

  test('by time comes to the same in portions, however small', async () => {
    const offsets = [90, 200, 300, 400].map((seconds) => ({ from: at(seconds), offsetMs: -seconds * 7 }));
    for (const unitMs of [1000, 7000, 60_000, 86_400_000]) {
      const slots = { unitMs, offsets };
      const whole = await slotCounts(place.store, filter, slots, inTime).toArray();
      const inOrder = (a: SlotCount, b: SlotCount) => a.segment - b.segment || a.slot - b.slot;
      const most = whole.length;
      for (const keys of [7, 50, 1000]) {
        const found = await countBySlot(place.store, filter, slots, most, keys);
        expect(found === 'too-many' || found.toSorted(inOrder)).toEqual(whole.toSorted(inOrder));
        expect(await countBySlot(place.store, filter, slots, most - 1, keys)).toBe('too-many');
      }
    }
  });

  test('to see whether it is little stops where it is much', async () => {
    const { examined } = await explained(countUpTo(place.store, filter, 10, inTime));
    expect(examined).toBe(0);
    const [found] = await countUpTo(place.store, filter, 10, inTime).toArray();
    expect(found?.count).toBe(10);
  });

  test('by user may read what there is instead, which comes to the same', async () => {
    const [index, other] = [keyIndexFor(filter, 'userId'), indexFor(filter)];
    const { examined } = await explained(keyCounts(place.store, filter, 'userId', 100, other, inTime));
    expect(examined).toBeLessThanOrEqual(lookedAt(filter));
    const [one, two] = await Promise.all(
      [index, other].map((chosen) => keyCounts(place.store, filter, 'userId', 100, chosen, inTime).toArray()),
    );
    expect(new Set(one)).toEqual(new Set(two));
    expect(one?.length).toBeGreaterThan(0);
  });
});

describe.each(searches)('counting by metadata what is %s', (_, filter) => {
  const slots = { unitMs: 60_000, offsets: [{ from: at(0), offsetMs: 0 }] };

  test.each<[string, () => Parameters<typeof explained>[0]]>([
    ['type', () => keyCounts(place.store, filter, 'type', 100, indexFor(filter), inTime)],
    ['userId', () => keyCounts(place.store, filter, 'userId', 100, indexFor(filter), inTime)],
    ['time', () => slotCounts(place.store, filter, slots, inTime)],
    ['time, the first of it', () => slotCounts(place.store, filter, slots, inTime, 100)],
  ])('by %s reads what the user or the time bounds', async (_by, ask) => {
    const { plan, examined, keys } = await explained(ask());
    expect(plan).toContain(`"indexName":"${nameOf(indexFor(filter))}"`);
    expect(plan).not.toContain('COLLSCAN');
    expect(examined).toBeLessThanOrEqual(lookedAt(filter));
    expect(keys).toBeLessThanOrEqual(lookedAt(filter) + 20);
  });
});

test('of more than a few activities, users are counted as well', async () => {
  const fresh = await freshStore();
  try {
    const createdAt = new Date(start);
    const documents = Array.from({ length: 20_010 }, (_, index) => ({
      _id: `id-${index}`,
      userId: `user-${index % 3}`,
      type: 'LOGIN',
      metadata: {},
      createdAt,
      receivedAt: createdAt,
    }));
    await fresh.store.activities.insertMany(documents, { ordered: false });
    const repository = new MongoActivityRepository(fresh.store);
    const counts = await repository.countByKey(filterOf(), 'userId', 3);
    expect(counts === 'too-many' || new Set(counts)).toEqual(
      new Set([0, 1, 2].map((user) => ({ key: `user-${user}`, count: 6670 }))),
    );
    expect(await repository.countByKey(filterOf(), 'userId', 2)).toBe('too-many');
  } finally {
    await fresh.close();
  }
});

test('a count for which no time is left is not asked', async () => {
  const late = Object.create(place.store, { timeoutMs: { value: 0 } }) as typeof place.store;
  const hasty = new MongoActivityRepository(late);
  for (const filter of [filterOf(), filterOf({ metadata })])
    await expect(hasty.countByKey(filter, 'userId', 100)).rejects.toMatchObject({ code: 'STORE_TIMEOUT' });
});
