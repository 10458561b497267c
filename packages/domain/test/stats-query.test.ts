import { describe, expect, test } from 'vitest';
import { isDomainError, type QueryParameters, StatsQuery, TimeRange, type Violation } from '../src/index.ts';

function faultsOf(parameters: QueryParameters): readonly Violation[] {
  try {
    StatsQuery.parse(parameters);
    return [];
  } catch (error) {
    if (!isDomainError(error, 'INVALID_QUERY')) throw error;
    return error.violations;
  }
}

const filter = {
  userIds: [],
  types: [],
  createdAt: TimeRange.between(undefined, undefined),
  metadata: [],
};

test.each(['type', 'userId'])('by %s', (by) => {
  expect(StatsQuery.parse({ by: [by] })).toEqual({ filter, by });
});

test.each(['minute', 'hour', 'day', 'week', 'month'])('by %s, in UTC where no zone is given', (by) => {
  expect(StatsQuery.parse({ by: [by] })).toEqual({ filter, by, timeZone: 'UTC' });
  const timezone = ['europe/berlin'];
  expect(StatsQuery.parse({ by: [by], timezone })).toEqual({ filter, by, timeZone: 'Europe/Berlin' });
});

test('reads the filters of a walk', () => {
  const query = StatsQuery.parse({
    by: ['type'],
    userId: ['ann'],
    type: ['log in'],
    from: ['2026-01-01T00:00:00Z'],
    'metadata.device.os': ['ios'],
  });
  expect(query.filter).toMatchObject({
    userIds: ['ann'],
    types: ['LOG_IN'],
    createdAt: { from: Date.UTC(2026, 0) },
    metadata: [{ path: ['device', 'os'], scalars: new Set(['ios']) }],
  });
});

describe('refuses', () => {
  const units = 'must be "type", "userId", "minute", "hour", "day", "week" or "month"';
  test.each<[string, QueryParameters, string, string]>([
    ['no by', {}, '/by', 'is required'],
    ['an empty by', { by: [''] }, '/by', units],
    ['another by', { by: ['metadata'] }, '/by', units],
    ['a member of every object', { by: ['constructor'] }, '/by', units],
    ['by twice', { by: ['type', 'day'] }, '/by', 'must be given once'],
    [
      'a zone without time',
      { by: ['type'], timezone: ['UTC'] },
      '/timezone',
      'goes with a minute, hour, day, week or month',
    ],
    [
      'an unknown zone',
      { by: ['day'], timezone: ['Mars'] },
      '/timezone',
      'must be a time zone of the IANA database such as Europe/Berlin',
    ],
    ['two zones', { by: ['day'], timezone: ['UTC', 'UTC'] }, '/timezone', 'must be given once'],
    [
      'metadata alone',
      { by: ['day'], 'metadata.a': ['1'] },
      '/metadata.a',
      'needs a userId or a from beside it, which bound what is searched: add one of them',
    ],
    ['an order', { by: ['day'], order: ['asc'] }, '/order', 'is not a known parameter'],
    ['a limit', { by: ['day'], limit: ['1'] }, '/limit', 'is not a known parameter'],
    [
      'a time that is none',
      { by: ['day'], from: ['x'] },
      '/from',
      'must be an RFC 3339 date-time such as 2026-11-24T08:30:00Z',
    ],
  ])('%s', (_, parameters, path, message) => {
    expect(faultsOf(parameters)).toEqual([{ path, message }]);
  });

  test('all faults at once', () => {
    const faults = faultsOf({ timezone: ['x'], userId: [''], cursor: ['x'] });
    expect(faults.map(({ path }) => path)).toEqual(['/cursor', '/by', '/timezone', '/userId']);
  });
});
