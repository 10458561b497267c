import { describe, expect, test } from 'vitest';
import { isDomainError, TimeRange, Timestamp, type Violation, ProjectId } from '@user-activity/domain';
import type { QueryParameters } from '../../src/query/parameter-reader.ts';
import { readStatsQuery, unitNameOf } from '../../src/query/stats-parameters.ts';

const now = Timestamp.parse('2026-11-24T08:30:00Z');

function faultsOf(parameters: QueryParameters): readonly Violation[] {
  try {
    readStatsQuery(ProjectId.default, parameters, now);
    return [];
  } catch (error) {
    if (!isDomainError(error, 'INVALID_QUERY')) throw error;
    return error.violations;
  }
}

const filter = {
  project: 'default',
  userIds: [],
  types: [],
  createdAt: TimeRange.between(undefined, undefined),
  metadata: [],
};

test.each(['type', 'userId'])('by %s', (by) => {
  expect(readStatsQuery(ProjectId.default, { by: [by] }, now)).toEqual({ filter, by });
});

test.each(['minute', 'hour', 'day', 'week', 'month'])('by %s, in UTC by default', (by) => {
  expect(readStatsQuery(ProjectId.default, { by: [by] }, now)).toEqual({ filter, by, timeZone: 'UTC' });
  const timezone = ['europe/berlin'];
  expect(readStatsQuery(ProjectId.default, { by: [by], timezone }, now)).toEqual({
    filter,
    by,
    timeZone: 'Europe/Berlin',
  });
});

test.each(['type', 'userId'])('by hour and %s', (series) => {
  const query = readStatsQuery(ProjectId.default, { by: [`hour,${series}`] }, now);
  expect(query).toEqual({ filter, by: 'hour', timeZone: 'UTC', series });
  expect(unitNameOf(query)).toBe(`hour,${series}`);
});

test('reads the filters of GET /api/logs', () => {
  const query = readStatsQuery(
    ProjectId.default,
    {
      by: ['type'],
      userId: ['ann'],
      type: ['log in'],
      from: ['2026-01-01T00:00:00Z'],
      'metadata.device.os': ['ios'],
    },
    now,
  );
  expect(query.filter).toMatchObject({
    userIds: ['ann'],
    types: ['LOG_IN'],
    createdAt: { from: Date.UTC(2026, 0) },
    metadata: [{ path: ['device', 'os'], scalars: new Set(['ios']) }],
  });
});

test('reads relative times, and dates as days of the time zone', () => {
  const rangeOf = (parameters: QueryParameters) =>
    readStatsQuery(ProjectId.default, parameters, now).filter.createdAt;
  const days = { from: ['2026-11-01'], to: ['2026-12-01'] };
  expect(rangeOf({ by: ['day'], timezone: ['Europe/Berlin'], ...days })).toEqual(
    TimeRange.between(Timestamp.parse('2026-10-31T23:00:00Z'), Timestamp.parse('2026-11-30T23:00:00Z')),
  );
  expect(rangeOf({ by: ['type'], ...days })).toEqual(
    TimeRange.between(Timestamp.parse('2026-11-01T00:00:00Z'), Timestamp.parse('2026-12-01T00:00:00Z')),
  );
  expect(rangeOf({ by: ['day'], timezone: ['Europe/Berlin'], from: ['-1w'] })).toEqual(
    TimeRange.between(Timestamp.parse('2026-11-17T08:30:00Z'), undefined),
  );
});

describe('refuses', () => {
  const units =
    'must be "type", "userId", "minute", "hour", "day", "week" or "month", or a unit of time and a field, such as "hour,type"';
  const unknown =
    'is not a known parameter: this route takes by, timezone, userId, type, from, to, metadata.<path>';
  test.each<[string, QueryParameters, string, string]>([
    ['no by', {}, '/by', 'is required'],
    ['an empty by', { by: [''] }, '/by', units],
    ['another by', { by: ['metadata'] }, '/by', units],
    ['a member of every object', { by: ['constructor'] }, '/by', units],
    ['by twice', { by: ['type', 'day'] }, '/by', 'must be given once'],
    [
      'a time zone without a unit of time',
      { by: ['type'], timezone: ['UTC'] },
      '/timezone',
      'is only allowed if "by" has minute, hour, day, week or month',
    ],
    [
      'an unknown time zone',
      { by: ['day'], timezone: ['Mars'] },
      '/timezone',
      'must be a time zone of the IANA database such as Europe/Berlin',
    ],
    ['two zones', { by: ['day'], timezone: ['UTC', 'UTC'] }, '/timezone', 'must be given once'],
    [
      'a metadata filter without userId or from',
      { by: ['day'], 'metadata.a': ['1'] },
      '/metadata.a',
      'needs userId or from as well, to limit the search',
    ],
    ['an order', { by: ['day'], order: ['asc'] }, '/order', unknown],
    ['a limit', { by: ['day'], limit: ['1'] }, '/limit', unknown],
    [
      'an invalid time',
      { by: ['day'], from: ['x'] },
      '/from',
      expect.stringContaining('a relative time such as -24h') as string,
    ],
  ])('%s', (_, parameters, path, message) => {
    expect(faultsOf(parameters)).toEqual([{ path, message }]);
  });

  test('with all faults at once', () => {
    const faults = faultsOf({ timezone: ['x'], userId: [''], cursor: ['x'] });
    expect(faults.map(({ path }) => path)).toEqual(['/cursor', '/by', '/timezone', '/userId']);
  });
});
