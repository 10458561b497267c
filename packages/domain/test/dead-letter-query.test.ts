import { describe, expect, test } from 'vitest';
import { DeadLetterQuery, TimeRange, Timestamp } from '../src/index.ts';

const now = Timestamp.parse('2026-11-24T08:30:00Z');

describe('DeadLetterQuery', () => {
  test('reads every parameter', () => {
    const query = DeadLetterQuery.parse(
      {
        code: ['conflict', 'refused', 'conflict'],
        from: ['2026-01-01T00:00:00Z'],
        to: ['2026-01-02T00:00:00+01:00'],
        order: ['asc'],
        limit: ['7'],
      },
      now,
    );
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
    expect(DeadLetterQuery.parse({}, now)).toMatchObject({ filter: { codes: [] }, order: 'desc', limit: 50 });
  });

  test('reads relative times and dates', () => {
    const query = DeadLetterQuery.parse({ from: ['-1d'], to: ['2026-11-24'] }, now);
    expect(query.filter.diedAt).toEqual(
      TimeRange.between(Timestamp.parse('2026-11-23T08:30:00Z'), Timestamp.parse('2026-11-24T00:00:00Z')),
    );
  });

  test.each([
    [{ code: ['Conflict'] }, ['/code']],
    [{ code: Array.from({ length: 21 }, () => 'conflict') }, ['/code']],
    [{ userId: ['a'] }, ['/userId']],
    [{ limit: ['501'], order: ['up'], from: ['x'], code: [''] }, ['/from', '/code', '/order', '/limit']],
    [{ from: ['2026-01-02T00:00:00Z'], to: ['2026-01-01T00:00:00Z'] }, ['/to']],
    [{ limit: ['1', '2'] }, ['/limit']],
  ])('%j is refused at %j', (parameters, paths) => {
    expect(() => DeadLetterQuery.parse(parameters, now)).toThrow(
      expect.objectContaining({
        code: 'INVALID_QUERY',
        violations: paths.map((path) => expect.objectContaining({ path }) as object),
      }) as Error,
    );
  });
});
