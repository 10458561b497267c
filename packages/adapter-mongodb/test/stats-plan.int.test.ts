import {
  type ActivityFilter,
  ActivityType,
  type KeyField,
  MetadataCondition,
  ProjectId,
  type SlotCount,
  TimeRange,
  Timestamp,
  UserId,
} from '@user-activity/domain';
import { filterOf, sampleActivity } from '@user-activity/port-contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countBySlot, slotCounts } from '../src/count-by-slot.ts';
import { countUpTo, distinctKeys, keyCounts } from '../src/count-by-key.ts';
import { MongoActivityRepository } from '../src/index.ts';
import { indexFor, keyIndexFor } from '../src/indexes.ts';
import type { IndexKey } from '../src/ranges.ts';
import { explained } from './explained.ts';
import { freshStore } from './mongo-subjects.ts';

const start = Date.parse('2026-01-02T03:04:05.678Z');
const users = ['user-1', 'user-2', 'user-3'].map((user) => UserId.parse(user));
const types = ['TYPE_1', 'TYPE_2', 'TYPE_3'].map((type) => ActivityType.parse(type));

let fixture: Awaited<ReturnType<typeof freshStore>>;
beforeAll(async () => {
  fixture = await freshStore();
  // The activities of other projects have the same users and types at the same times. No query may read them.
  const projects = ['default', 'a', 'z'].map((name) => ProjectId.parse(name));
  const activities = projects.flatMap((project) =>
    Array.from({ length: 540 }, (_, index) =>
      sampleActivity({
        project,
        userId: users[index % 3] ?? '',
        type: types[Math.floor(index / 3) % 3] ?? '',
        metadata: { even: index % 2 === 0 },
        createdAt: start + index * 1000,
      }),
    ),
  );
  await new MongoActivityRepository(fixture.store).save(activities);
});
afterAll(() => fixture.close());

const at = (seconds: number) => Timestamp.fromMillis(start + seconds * 1000);
const ranges: readonly (readonly [string, TimeRange])[] = [
  ['at any time', TimeRange.between(undefined, undefined)],
  ['from a time', TimeRange.between(at(90), undefined)],
  ['before a time', TimeRange.between(undefined, at(450))],
  ['within a time range', TimeRange.between(at(90), at(450))],
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
  filters.map(([subjects, given]) => [`${subjects}, ${when}`, filterOf({ ...given, createdAt })] as const),
);
const metadata = [{ path: ['even'], scalars: MetadataCondition.scalarsOf(['true']) }];
const searches = combinations
  .filter(([, { userIds, createdAt }]) => userIds.length > 0 || createdAt.from !== undefined)
  .map(([name, filter]) => [name, filter.with({ metadata })] as const);

const timeoutMs = 10_000;

const nameOf = (index: IndexKey) => Object.entries(index).flat().join('_');
const matches = ({ userIds, types: typesAsked, createdAt }: ActivityFilter) =>
  Array.from({ length: 540 }, (_, index) => index).filter(
    (index) =>
      (userIds.length === 0 || index % 3 < userIds.length) &&
      (typesAsked.length === 0 || Math.floor(index / 3) % 3 < typesAsked.length) &&
      createdAt.holds(at(index)),
  ).length;

describe.each(combinations)('counting activities %s', (_, filter) => {
  test.each<KeyField>(['type', 'userId'])(
    'by %s reads only keys of the index with this field',
    async (field) => {
      const index = keyIndexFor(filter, field);
      for (const cursor of [
        keyCounts(fixture.store, filter, field, 100, index, timeoutMs),
        distinctKeys(fixture.store, filter, field, 100, timeoutMs),
      ]) {
        const { plan, examined, keys } = await explained(cursor);
        expect(plan).toContain(`"indexName":"${nameOf(index)}"`);
        expect(plan).not.toMatch(/COLLSCAN|FETCH/);
        expect(examined).toBe(0);
        // It examines one more key after each range.
        expect(keys).toBeLessThanOrEqual(matches(filter) + 20);
      }
    },
  );

  test.each([
    ['all activities', undefined],
    ['the earliest activities', 100],
  ])("by time reads only keys of the filter's index: %s", async (_part, max) => {
    const offsets = [90, 200, 300, 400].map((seconds) => ({ from: at(seconds), offsetMs: -seconds }));
    const cursor = slotCounts(fixture.store, filter, { unitMs: 60_000, offsets }, timeoutMs, max);
    const { plan, examined, keys } = await explained(cursor);
    expect(plan).toContain(`"indexName":"${nameOf(indexFor(filter))}"`);
    expect(plan).not.toMatch(/COLLSCAN|FETCH|"SORT"/);
    expect(examined).toBe(0);
    expect(keys).toBeLessThanOrEqual(Math.min(matches(filter), max ?? 1000) + 20);
  });

  test('by time has the same result with each portion size', async () => {
    const offsets = [90, 200, 300, 400].map((seconds) => ({ from: at(seconds), offsetMs: -seconds * 7 }));
    // Small portions are many queries, and a slow machine is no failure.
    const store = Object.create(fixture.store, { timeoutMs: { value: 60_000 } }) as typeof fixture.store;
    for (const unitMs of [1000, 7000, 60_000, 86_400_000]) {
      const slots = { unitMs, offsets };
      const whole = await slotCounts(store, filter, slots, timeoutMs).toArray();
      const inOrder = (a: SlotCount, b: SlotCount) => a.segment - b.segment || a.slot - b.slot;
      const max = whole.length;
      for (const portionSize of [7, 50, 1000]) {
        const found = await countBySlot(store, filter, slots, max, portionSize);
        expect(found === 'too-many' || found.toSorted(inOrder)).toEqual(whole.toSorted(inOrder));
        expect(await countBySlot(store, filter, slots, max - 1, portionSize)).toBe('too-many');
      }
    }
  });

  test('up to a maximum counts no more than the maximum, and reads no document', async () => {
    const { examined } = await explained(countUpTo(fixture.store, filter, 10, timeoutMs));
    expect(examined).toBe(0);
    const [found] = await countUpTo(fixture.store, filter, 10, timeoutMs).toArray();
    expect(found?.count).toBe(10);
  });

  test('by user has the same result when it reads documents', async () => {
    const [keyIndex, filterIndex] = [keyIndexFor(filter, 'userId'), indexFor(filter)];
    const { examined } = await explained(
      keyCounts(fixture.store, filter, 'userId', 100, filterIndex, timeoutMs),
    );
    expect(examined).toBeLessThanOrEqual(matches(filter));
    const [fromKeys, fromDocuments] = await Promise.all(
      [keyIndex, filterIndex].map((chosen) =>
        keyCounts(fixture.store, filter, 'userId', 100, chosen, timeoutMs).toArray(),
      ),
    );
    expect(new Set(fromKeys)).toEqual(new Set(fromDocuments));
    expect(fromKeys?.length).toBeGreaterThan(0);
  });
});

describe.each(searches)('counting activities with a metadata condition, %s', (_, filter) => {
  const slots = { unitMs: 60_000, offsets: [{ from: at(0), offsetMs: 0 }] };

  test.each<[string, () => Parameters<typeof explained>[0]]>([
    ['type', () => keyCounts(fixture.store, filter, 'type', 100, indexFor(filter), timeoutMs)],
    ['userId', () => keyCounts(fixture.store, filter, 'userId', 100, indexFor(filter), timeoutMs)],
    ['time', () => slotCounts(fixture.store, filter, slots, timeoutMs)],
    ['time, the earliest activities', () => slotCounts(fixture.store, filter, slots, timeoutMs, 100)],
  ])('by %s reads the documents within the user or the time range', async (_by, ask) => {
    const { plan, examined, keys } = await explained(ask());
    expect(plan).toContain(`"indexName":"${nameOf(indexFor(filter))}"`);
    expect(plan).not.toContain('COLLSCAN');
    expect(examined).toBeLessThanOrEqual(matches(filter));
    expect(keys).toBeLessThanOrEqual(matches(filter) + 20);
  });
});

test('users are counted in the index if many activities match', async () => {
  const fresh = await freshStore();
  try {
    const createdAt = new Date(start);
    const documents = Array.from({ length: 20_010 }, (_, index) => ({
      _id: `id-${index}`,
      project: 'default',
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

test('a count is not sent if no time remains', async () => {
  const late = Object.create(fixture.store, { timeoutMs: { value: 0 } }) as typeof fixture.store;
  const hurried = new MongoActivityRepository(late);
  const createdAt = TimeRange.between(at(90), undefined);
  for (const filter of [filterOf(), filterOf({ createdAt, metadata })])
    await expect(hurried.countByKey(filter, 'userId', 100)).rejects.toMatchObject({ code: 'STORE_TIMEOUT' });
});
