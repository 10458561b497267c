import { describe, expect, test } from 'vitest';
import {
  ActivityFilter,
  ActivityQuery,
  ActivityType,
  DeadLetterQuery,
  type FilterParts,
  isDomainError,
  MetadataCondition,
  ProjectId,
  TimeRange,
  Timestamp,
  UserId,
  type Violation,
} from '../src/index.ts';

const project = ProjectId.parse('a');
const filterOf = (parts: Partial<FilterParts> = {}): ActivityFilter =>
  ActivityFilter.of({ project, ...parts });
const since = TimeRange.between(Timestamp.fromMillis(0), undefined);
const texts = (count: number): string[] => Array.from({ length: count }, (_, index) => `${index}`);
const condition = (path: readonly string[] = ['a'], count = 1): MetadataCondition => ({
  path,
  scalars: MetadataCondition.scalarsOf(texts(count)),
});
const users = (count: number): UserId[] => texts(count).map(UserId.parse);

function faultsOf(make: () => unknown): readonly Violation[] {
  try {
    make();
    return [];
  } catch (error) {
    if (!isDomainError(error, 'INVALID_QUERY')) throw error;
    return error.violations;
  }
}

describe('a query', () => {
  const filter = filterOf();
  const message = 'must be a whole number from 1 to 500';
  const codes = { project, codes: [], diedAt: since };

  test('asks for the first page of 50 by default, newest first', () => {
    expect(ActivityQuery.of({ filter })).toEqual({ filter, order: 'desc', limit: 50, after: undefined });
    expect(ActivityQuery.of({ filter, order: 'asc', limit: 500 })).toMatchObject({
      order: 'asc',
      limit: 500,
    });
  });

  test.each([0, -1, 501, 1e9, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses the limit %d, whether it is made by of or by with',
    (limit) => {
      for (const make of [
        () => ActivityQuery.of({ filter, limit }),
        () => ActivityQuery.of({ filter }).with({ limit }),
        () => DeadLetterQuery.of({ filter: codes, limit }),
        () => DeadLetterQuery.of({ filter: codes }).with({ limit }),
      ])
        expect(faultsOf(make)).toEqual([{ path: '/limit', message }]);
    },
  );

  test('cannot be made as an object literal, which would skip the checks', () => {
    // @ts-expect-error -- an object literal is not a query
    const query: ActivityQuery = { filter, order: 'desc', limit: 1e9, after: undefined };
    // @ts-expect-error -- an object literal is not a filter either
    const literal: ActivityFilter = { project, userIds: [], types: [], createdAt: since, metadata: [] };
    expect([query.limit, literal.metadata]).toEqual([1e9, []]);
  });
});

describe('a filter', () => {
  test('that has only a project matches everything in the project', () => {
    const createdAt = TimeRange.between(undefined, undefined);
    expect(filterOf()).toEqual({ project, userIds: [], types: [], createdAt, metadata: [] });
  });

  test.each<[string, Partial<FilterParts>]>([
    ['20 users and 20 types', { userIds: users(20), types: texts(20).map(ActivityType.parse) }],
    ['metadata of a user', { userIds: users(1), metadata: [condition()] }],
    ['metadata since a time', { createdAt: since, metadata: [condition()] }],
    [
      '10 conditions of 16 keys and 20 texts',
      { createdAt: since, metadata: texts(10).map((key) => condition([key, ...texts(15)], 20)) },
    ],
  ])('accepts %s', (_, parts) => {
    expect(filterOf(parts)).toMatchObject(parts);
  });

  const search = 'needs userIds or createdAt.from as well, to limit the search';
  test.each<[string, Partial<FilterParts>, string, string]>([
    ['21 users', { userIds: users(21) }, '/userIds', 'must have at most 20 items'],
    ['21 types', { types: texts(21).map(ActivityType.parse) }, '/types', 'must have at most 20 items'],
    ['metadata alone', { metadata: [condition()] }, '/metadata', search],
    [
      'metadata with an end of time but no start',
      { createdAt: TimeRange.between(undefined, Timestamp.fromMillis(0)), metadata: [condition()] },
      '/metadata',
      search,
    ],
    [
      '11 conditions',
      { createdAt: since, metadata: texts(11).map((key) => condition([key])) },
      '/metadata',
      'must have at most 10 items',
    ],
    [
      'a path without a key',
      { createdAt: since, metadata: [condition([])] },
      '/metadata',
      'must have paths of 1 to 16 keys',
    ],
    [
      'a path of 17 keys',
      { createdAt: since, metadata: [condition(texts(17))] },
      '/metadata',
      'must have paths of 1 to 16 keys',
    ],
    [
      'a condition of 21 texts',
      { createdAt: since, metadata: [condition(['a'], 21)] },
      '/metadata',
      'must have at most 40 scalars for each path',
    ],
  ])('refuses %s, whether it is made by of or by with', (_, parts, path, message) => {
    expect(faultsOf(() => filterOf(parts))).toEqual([{ path, message }]);
    expect(faultsOf(() => filterOf().with(parts))).toEqual([{ path, message }]);
  });
});

test('a time range is half open', () => {
  const [from, to] = [Timestamp.fromMillis(10), Timestamp.fromMillis(20)];
  const held = [9, 10, 19, 20].map((millis) =>
    TimeRange.between(from, to).holds(Timestamp.fromMillis(millis)),
  );
  expect(held).toEqual([false, true, true, false]);
});
