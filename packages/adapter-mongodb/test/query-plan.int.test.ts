import {
  type ActivityFilter,
  type ActivityQuery,
  ActivityType,
  TimeRange,
  Timestamp,
  UserId,
} from '@user-activity/domain';
import { sampleActivity } from '@user-activity/port-contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MongoActivityRepository } from '../src/index.ts';
import { find, partsOf, rangesOf } from '../src/page-query.ts';
import { explained } from './explained.ts';
import { freshStore } from './mongo-subjects.ts';

const start = Date.parse('2026-01-02T03:04:05.678Z');
const limit = 10;
const users = ['user-1', 'user-2', 'user-3'].map((user) => UserId.parse(user));
const types = ['TYPE_1', 'TYPE_2', 'TYPE_3'].map((type) => ActivityType.parse(type));

let place: Awaited<ReturnType<typeof freshStore>>;
beforeAll(async () => {
  place = await freshStore();
  // Some share a moment.
  const activities = Array.from({ length: 540 }, (_, index) =>
    sampleActivity({
      userId: users[index % 3] ?? '',
      type: types[Math.floor(index / 3) % 3] ?? '',
      createdAt: start + Math.floor(index / 20) * 5000,
    }),
  );
  await new MongoActivityRepository(place.store).save(activities);
});
afterAll(() => place.close());

function twenty<Value>(name: string, parse: (raw: unknown) => Value): readonly Value[] {
  return Array.from({ length: 20 }, (_, index) => parse(`${name}-${index + 1}`));
}

const always = TimeRange.between(undefined, undefined);
const span = TimeRange.between(Timestamp.fromMillis(start + 20_000), Timestamp.fromMillis(start + 100_000));
const filters: readonly (readonly [string, Partial<ActivityFilter>, number])[] = [
  ['nothing', {}, 1],
  ['a user', { userIds: users.slice(0, 1) }, 1],
  ['a type', { types: types.slice(0, 1) }, 1],
  ['a user and a type', { userIds: users.slice(0, 1), types: types.slice(0, 1) }, 1],
  // MongoDB merges one sorted range per value, and has looked at the head of each.
  ['two users', { userIds: users.slice(0, 2) }, 2],
  ['two types', { types: types.slice(0, 2) }, 2],
  ['two users and two types', { userIds: users.slice(0, 2), types: types.slice(0, 2) }, 4],
  [
    'as many as may be',
    { userIds: twenty('user', UserId.parse), types: twenty('TYPE', ActivityType.parse) },
    200,
  ],
];

describe.each(filters)('a page by %s', (_name, given, ranges) => {
  const filter: ActivityFilter = { userIds: [], types: [], createdAt: always, ...given };
  const firstPage = { filter, order: 'desc', limit, after: undefined } as const;

  test.each([
    ['newest first', firstPage],
    ['oldest first', { ...firstPage, order: 'asc' }],
    ['within a time', { ...firstPage, filter: { ...filter, createdAt: span } }],
  ] as const)('%s, and the page behind it, examine the page and little more', async (_title, first) => {
    const repository = new MongoActivityRepository(place.store);
    const { activities } = await repository.find(first);
    const last = activities.at(-1);
    expect(last).toBeDefined();
    const queries: ActivityQuery[] = [first];
    if (last !== undefined) queries.push({ ...first, after: { createdAt: last.createdAt, id: last.id } });
    for (const query of queries) {
      const cursors = partsOf(query.filter).flatMap((part) =>
        rangesOf(query).map((range) => find(place.store, { ...query, filter: part }, range, limit + 1)),
      );
      for (const cursor of cursors) {
        const { plan, examined } = await explained(cursor);
        expect(plan).toContain('IXSCAN');
        expect(plan).not.toMatch(/COLLSCAN|"SORT"/);
        expect(examined).toBeLessThanOrEqual(limit + ranges);
      }
    }
  });
});
