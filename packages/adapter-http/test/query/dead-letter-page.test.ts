import { describe, expect, test } from 'vitest';
import { TimeRange, Timestamp, ProjectId } from '@user-activity/domain';
import { deadLetterList } from '../../src/query/dead-letter-parameters.ts';
import type { QueryParameters } from '../../src/query/parameter-reader.ts';
import { readPage } from '../../src/query/read-page.ts';

const now = Timestamp.parse('2026-11-24T08:30:00Z');

function read(parameters: QueryParameters) {
  const { filter, order, limit } = readPage(deadLetterList, ProjectId.default, parameters, {
    now: () => now,
  });
  return { filter, order, limit };
}

describe('a page of dead letters', () => {
  test('reads every parameter', () => {
    const query = read({
      code: ['conflict', 'refused', 'conflict'],
      from: ['2026-01-01T00:00:00Z'],
      to: ['2026-01-02T00:00:00+01:00'],
      order: ['asc'],
      limit: ['7'],
    });
    expect(query).toEqual({
      filter: {
        codes: ['conflict', 'refused'],
        diedAt: TimeRange.between(
          Timestamp.parse('2026-01-01T00:00:00Z'),
          Timestamp.parse('2026-01-01T23:00:00Z'),
        ),
      },
      order: 'asc',
      limit: 7,
    });
    expect(read({})).toMatchObject({ filter: { codes: [] }, order: 'desc', limit: 50 });
  });

  test('reads relative times and dates', () => {
    const query = read({ from: ['-1d'], to: ['2026-11-24'] });
    expect(query.filter.diedAt).toEqual(
      TimeRange.between(Timestamp.parse('2026-11-23T08:30:00Z'), Timestamp.parse('2026-11-24T00:00:00Z')),
    );
  });

  test.each([
    [{ code: ['Conflict'] }, ['/code']],
    [{ code: Array.from({ length: 21 }, () => 'conflict') }, ['/code']],
    [{ userId: ['a'] }, ['/userId']],
    [{ limit: ['501'], order: ['up'], from: ['x'], code: [''] }, ['/code', '/from', '/order', '/limit']],
    [{ from: ['2026-01-02T00:00:00Z'], to: ['2026-01-01T00:00:00Z'] }, ['/to']],
    [{ limit: ['1', '2'] }, ['/limit']],
  ])('%j is refused at %j', (parameters, paths) => {
    expect(() => read(parameters)).toThrow(
      expect.objectContaining({
        code: 'INVALID_QUERY',
        violations: paths.map((path) => expect.objectContaining({ path }) as object),
      }) as Error,
    );
  });
});
