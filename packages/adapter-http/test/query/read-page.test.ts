import { describe, expect, test } from 'vitest';
import { isDomainError, TimeRange, Timestamp, type Violation, ProjectId } from '@user-activity/domain';
import { activityList } from '../../src/query/activity-parameters.ts';
import type { QueryParameters } from '../../src/query/parameter-reader.ts';
import { readPage } from '../../src/query/read-page.ts';

const now = Timestamp.parse('2026-11-24T08:30:00Z');

function read(parameters: QueryParameters) {
  const { filter, order, limit } = readPage(activityList, ProjectId.default, parameters, { now: () => now });
  return { filter, order, limit };
}

function faultsOf(parameters: QueryParameters): readonly Violation[] {
  try {
    read(parameters);
    return [];
  } catch (error) {
    if (!isDomainError(error, 'INVALID_QUERY')) throw error;
    return error.violations;
  }
}

test('requests the newest 50 activities by default', () => {
  expect(read({})).toEqual({
    filter: { userIds: [], types: [], createdAt: TimeRange.between(undefined, undefined), metadata: [] },
    order: 'desc',
    limit: 50,
  });
});

test('reads every parameter: types become canonical, and repeated values count once', () => {
  const query = read({
    userId: ['ann', 'bob', ' ann '],
    type: ['login', 'LOGIN', 'log out'],
    from: ['2026-01-01T00:00:00Z'],
    to: ['2026-02-01T00:00:00+01:00'],
    order: ['asc'],
    limit: ['500'],
  });
  expect(query).toEqual({
    filter: {
      userIds: ['ann', 'bob'],
      types: ['LOGIN', 'LOG_OUT'],
      createdAt: TimeRange.between(
        Timestamp.parse('2026-01-01T00:00:00Z'),
        Timestamp.parse('2026-01-31T23:00:00Z'),
      ),
      metadata: [],
    },
    order: 'asc',
    limit: 500,
  });
});

describe('refuses', () => {
  const unknown =
    'is not a known parameter: this route takes userId, type, from, to, metadata.<path>, order, limit, cursor';
  const limit = 'must be a whole number from 1 to 500';
  test.each<[string, string[], string]>([
    ['limit', ['0'], limit],
    ['limit', ['501'], `${limit}: follow "nextCursor" for more`],
    ['limit', ['9'.repeat(400)], `${limit}: follow "nextCursor" for more`],
    ['limit', ['-1'], limit],
    ['limit', ['1.5'], limit],
    ['limit', ['1e2'], limit],
    ['limit', [' 1'], limit],
    ['limit', [''], limit],
    ['limit', ['10', '20'], 'must be given once'],
    ['order', ['DESC'], 'must be "desc" or "asc", in lower case'],
    ['order', ['asc', 'asc'], 'must be given once'],
    ['from', ['yesterday'], expect.stringContaining('a relative time such as -24h') as string],
    ['userId', [''], 'must be 1-256 characters after trimming'],
    ['userId', Array.from({ length: 21 }, (_, index) => `u${index}`), 'must be given at most 20 times'],
    ['type', ['a\0'], 'must not contain control characters'],
    ['type', ['x'.repeat(257)], 'must be 1-256 characters'],
    ['offset', ['1'], unknown],
    ['constructor', ['1'], unknown],
    ['userid', ['1'], unknown],
    ['metadata', ['1'], unknown],
  ])('%s=%j', (name, values, message) => {
    expect(faultsOf({ [name]: values })).toEqual([{ path: `/${name}`, message }]);
  });

  test('a range that ends before it begins, but not an empty range', () => {
    const from = ['2026-01-01T00:00:00.001Z'];
    expect(faultsOf({ from, to: ['2026-01-01T00:00:00Z'] })).toEqual([
      { path: '/to', message: 'must not be before "from": swap the two' },
    ]);
    expect(faultsOf({ from, to: from })).toEqual([]);
  });

  test('with all faults at once', () => {
    const faults = faultsOf({ limit: ['0'], order: ['up'], to: ['x'], page: ['2'] });
    expect(faults.map(({ path }) => path)).toEqual(['/page', '/to', '/order', '/limit']);
  });

  test('unknown parameters, and lists the known ones once', () => {
    const faults = faultsOf({ page: ['2'], offset: ['1'] });
    expect(faults).toEqual([
      { path: '/page', message: unknown },
      { path: '/offset', message: 'is not a known parameter' },
    ]);
  });

  test('with a message that quotes the first fault', () => {
    const parse = () => read({ order: ['up'], limit: ['0'] });
    expect(parse).toThrow(
      'The query breaks a rule: "order" must be "desc" or "asc", in lower case (and 1 more).',
    );
  });
});
