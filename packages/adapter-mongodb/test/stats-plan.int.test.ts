import {
  type ActivityFilter,
  ActivityType,
  type KeyField,
  TimeRange,
  Timestamp,
  UserId,
} from '@user-activity/domain';
import { sampleActivity } from '@user-activity/port-contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countBySlot, countUpTo, distinctKeys, keyCounts } from '../src/stats-queries.ts';
import { MongoActivityRepository } from '../src/index.ts';
import { indexFor, keyIndexFor } from '../src/indexes.ts';
import type { IndexKey } from '../src/ranges.ts';
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
  filters.map(
    ([of, given]) =>
      [`${of}, ${when}`, { userIds: [], types: [], ...given, createdAt } satisfies ActivityFilter] as const,
  ),
);

const soon = () => performance.now() + 10_000;

/** The first match in whatever MongoDB tells of its plan. */
async function explained(cursor: { explain(verbosity: 'executionStats'): Promise<unknown> }) {
  const plan = JSON.stringify(await cursor.explain('executionStats'));
  const number = (name: string) => Number(new RegExp(`"${name}":(\\d+)`).exec(plan)?.[1]);
  return { plan, documents: number('totalDocsExamined'), keys: number('totalKeysExamined') };
}

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
        keyCounts(place.store, filter, field, 100, index, soon()),
        distinctKeys(place.store, filter, field, 100, soon()),
      ]) {
        const { plan, documents, keys } = await explained(cursor);
        expect(plan).toContain(`"indexName":"${nameOf(index)}"`);
        expect(plan).not.toMatch(/COLLSCAN|FETCH/);
        expect(documents).toBe(0);
        // Behind each range of keys it looks at one more.
        expect(keys).toBeLessThanOrEqual(lookedAt(filter) + 20);
      }
    },
  );

  test('by time reads keys of the index of the filter, and no document', async () => {
    const offsets = [90, 200, 300, 400].map((seconds) => ({ from: at(seconds), offsetMs: -seconds }));
    const cursor = countBySlot(place.store, filter, { unitMs: 60_000, offsets });
    const { plan, documents, keys } = await explained(cursor);
    expect(plan).toContain(`"indexName":"${nameOf(indexFor(filter))}"`);
    expect(plan).not.toMatch(/COLLSCAN|FETCH/);
    expect(documents).toBe(0);
    expect(keys).toBeLessThanOrEqual(lookedAt(filter) + 20);
  });

  test('to see whether it is little stops where it is much', async () => {
    const { documents } = await explained(countUpTo(place.store, filter, 10, soon()));
    expect(documents).toBe(0);
    const [found] = await countUpTo(place.store, filter, 10, soon()).toArray();
    expect(found?.count).toBe(10);
  });

  test('by user may read what there is instead, which comes to the same', async () => {
    const [index, other] = [keyIndexFor(filter, 'userId'), indexFor(filter)];
    const { documents } = await explained(keyCounts(place.store, filter, 'userId', 100, other, soon()));
    expect(documents).toBeLessThanOrEqual(lookedAt(filter));
    const [one, two] = await Promise.all(
      [index, other].map((chosen) => keyCounts(place.store, filter, 'userId', 100, chosen, soon()).toArray()),
    );
    expect(new Set(one)).toEqual(new Set(two));
    expect(one?.length).toBeGreaterThan(0);
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
    const all: ActivityFilter = {
      userIds: [],
      types: [],
      createdAt: TimeRange.between(undefined, undefined),
    };
    const counts = await repository.countByKey(all, 'userId', 3);
    expect(counts === 'too-many' || new Set(counts)).toEqual(
      new Set([0, 1, 2].map((user) => ({ key: `user-${user}`, count: 6670 }))),
    );
    expect(await repository.countByKey(all, 'userId', 2)).toBe('too-many');
  } finally {
    await fresh.close();
  }
});

test('a count is given the time that is left', async () => {
  const cursor = keyCounts(
    place.store,
    { userIds: [], types: [], createdAt: TimeRange.between(undefined, undefined) },
    'type',
    100,
    keyIndexFor({ userIds: [], types: [] }, 'type'),
    performance.now() + 5000,
  );
  const explain: unknown = await cursor.explain('queryPlanner');
  expect(JSON.stringify(explain)).toMatch(/"maxTimeMS":(?:4\d{3}|5000)\b/);
});
