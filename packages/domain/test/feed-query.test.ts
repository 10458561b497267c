import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ActivityFilter,
  ActivityType,
  FeedPosition,
  FeedQuery,
  type FilterParts,
  isDomainError,
  LogId,
  MetadataCondition,
  ProjectId,
  TimeRange,
  Timestamp,
  UserId,
  type Violation,
} from '../src/index.ts';

const log = LogId.parse('log-1');
const project = ProjectId.parse('a');
const filter = ActivityFilter.of({ project });
const position = FeedPosition.start(log);

function faultsOf(make: () => unknown): readonly Violation[] {
  try {
    make();
    return [];
  } catch (error) {
    if (!isDomainError(error, 'INVALID_QUERY')) throw error;
    return error.violations;
  }
}

describe('a query of the feed', () => {
  test('asks for 50 activities by default', () => {
    for (const limit of [{}, { limit: undefined }])
      expect(FeedQuery.of({ filter, position, ...limit })).toEqual({ filter, position, limit: 50 });
  });

  test.each([1, 500])('accepts the limit %d', (limit) => {
    expect(FeedQuery.of({ filter, position, limit }).limit).toBe(limit);
  });

  test.each([0, -1, 501, 1e9, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses the limit %d', (limit) => {
    const message = 'must be a whole number from 1 to 500';
    expect(faultsOf(() => FeedQuery.of({ filter, position, limit }))).toEqual([{ path: '/limit', message }]);
  });

  test('keeps its filter and its limit when it gets another position', () => {
    const next = FeedPosition.end(log, [1, 2]);
    const query = FeedQuery.of({ filter, position, limit: 7 });
    expect(query.from(next)).toEqual({ filter, position: next, limit: 7 });
    expect(query.position).toBe(position);
  });
});

describe('a position in the feed', () => {
  test('at the start is before everything that is settled', () => {
    expect(position).toEqual({ log, offsets: [], turn: 0 });
    expect(FeedPosition.isBefore(position, [])).toBe(false);
    expect(FeedPosition.isBefore(position, [0, 0])).toBe(false);
    expect(FeedPosition.isBefore(position, [0, 1])).toBe(true);
  });

  test('at the end is before everything that is settled later, in any partition', () => {
    const end = FeedPosition.end(log, [5, 2 ** 50]);
    expect(end).toEqual({ log, offsets: [5, 2 ** 50], turn: 0 });
    expect(FeedPosition.isBefore(end, [5, 2 ** 50])).toBe(false);
    expect(FeedPosition.isBefore(end, [4, 2 ** 50 + 1])).toBe(true);
    expect(FeedPosition.isBefore(end, [5, 2 ** 50, 1])).toBe(true);
    // An older copy of the store has lower settled offsets, and one partition less.
    expect(FeedPosition.isBefore(end, [4])).toBe(false);
  });

  test.each([
    [[], 0, 7, [8]],
    [[], 2, 7, [0, 0, 8]],
    [[5, 6], 0, 7, [8, 6]],
    [[5, 6], 3, 0, [5, 6, 0, 1]],
    [[5, 6], 1, 2 ** 50, [5, 2 ** 50 + 1]],
  ])(
    'that was at %j has, right after the activity at partition %d and offset %d, the offsets %j',
    (offsets, partition, offset, expected) => {
      const before = { log, offsets, turn: 3 };
      expect(FeedPosition.after(before, { log, partition, offset })).toEqual({
        log,
        offsets: expected,
        turn: 3,
      });
      expect(before.offsets).toEqual(offsets);
    },
  );

  test('is before the settled offsets if and only if it is lower in some partition', () => {
    const anyOffsets = fc.array(fc.nat(5), { maxLength: 4 });
    fc.assert(
      fc.property(anyOffsets, anyOffsets, (offsets, settled) => {
        const ahead = settled.filter((offset, partition) => offset > (offsets[partition] ?? 0));
        expect(FeedPosition.isBefore({ log, offsets, turn: 0 }, settled)).toBe(ahead.length > 0);
      }),
    );
  });
});

describe('a filter for the feed', () => {
  const texts = (count: number): string[] => Array.from({ length: count }, (_, index) => `${index}`);
  const condition = (...path: readonly string[]): MetadataCondition => ({
    path,
    scalars: MetadataCondition.scalarsOf(['x']),
  });

  test('that has only a project matches everything in the project', () => {
    const createdAt = TimeRange.between(undefined, undefined);
    const parts = { project, userIds: [], types: [], createdAt, metadata: [] };
    expect(ActivityFilter.ofFeed({ project })).toEqual(parts);
    expect(ActivityFilter.ofFeed({ project })).toEqual(filter);
  });

  test.each<[string, Partial<FilterParts>]>([
    ['metadata alone', { metadata: [condition('a')] }],
    ['metadata of a type', { types: [ActivityType.parse('T')], metadata: [condition('a')] }],
    [
      'metadata with an end of time but no start',
      { createdAt: TimeRange.between(undefined, Timestamp.fromMillis(0)), metadata: [condition('a')] },
    ],
    ['10 conditions', { metadata: texts(10).map((key) => condition(key)) }],
  ])('accepts %s', (_, parts) => {
    expect(ActivityFilter.ofFeed({ project, ...parts })).toMatchObject(parts);
  });

  test.each<[string, Partial<FilterParts>, string, string]>([
    ['21 users', { userIds: texts(21).map(UserId.parse) }, '/userIds', 'must have at most 20 items'],
    ['21 types', { types: texts(21).map(ActivityType.parse) }, '/types', 'must have at most 20 items'],
    [
      '11 conditions',
      { metadata: texts(11).map((key) => condition(key)) },
      '/metadata',
      'must have at most 10 items',
    ],
    [
      'a path of 17 keys',
      { metadata: [condition(...texts(17))] },
      '/metadata',
      'must have paths of 1 to 16 keys',
    ],
  ])('refuses %s', (_, parts, path, message) => {
    expect(faultsOf(() => ActivityFilter.ofFeed({ project, ...parts }))).toEqual([{ path, message }]);
  });
});
