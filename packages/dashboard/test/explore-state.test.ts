import { describe, expect, test } from 'vitest';
import { conditionFault, exploreParameters, filterOf, parseExplore } from '../src/explore/explore-state.ts';
import { resolveRange } from '../src/explore/time-range.ts';

const roundTrip = (query: string): string =>
  String(exploreParameters(parseExplore(new URLSearchParams(query))));

describe('the state of Explore', () => {
  test.each([
    '',
    'userId=ann&userId=bob',
    'type=LOGIN&from=-7d',
    'from=2026-11-01T00%3A00%3A00.000Z&to=2026-11-02T00%3A00%3A00.000Z',
    'metadata.device.os=ios&metadata.device.os=android',
    'order=asc&id=a%2Fb',
    'from=all',
  ])('the query %j is parsed and written unchanged', (query) => {
    expect(roundTrip(query)).toBe(query);
  });

  test.each([
    ['from=-24h', ''],
    ['order=desc', ''],
    ['order=sideways', ''],
    ['unknown=1', ''],
    ['from=yesterday&to=soon', ''],
    ['userId=&type=', ''],
    ['userId=ann&userId=ann', 'userId=ann'],
  ])('the query %j is written as %j', (query, short) => {
    expect(roundTrip(query)).toBe(short);
  });

  test('has at most 20 values of a filter, the limit of the service', () => {
    const many = new URLSearchParams(Array.from({ length: 50 }, (_, n) => ['type', `T${n}`]));
    expect(parseExplore(many).types).toHaveLength(20);
  });

  test('has at most 10 metadata paths, and 20 values for each', () => {
    const paths = new URLSearchParams(Array.from({ length: 12 }, (_, n) => [`metadata.p${n}`, 'x']));
    expect(parseExplore(paths).metadata).toHaveLength(10);
    const full = parseExplore(paths).metadata;
    expect(conditionFault(full, { path: 'another', value: 'x' })).toBe('At most 10 metadata paths.');
    expect(conditionFault(full, { path: 'p0', value: 'y' })).toBeUndefined();
    const values = new URLSearchParams(Array.from({ length: 25 }, (_, n) => ['metadata.p', `${n}`]));
    expect(parseExplore(values).metadata).toHaveLength(20);
    expect(conditionFault(parseExplore(values).metadata, { path: 'p', value: 'x' })).toBe(
      'At most 20 values for each path.',
    );
  });

  test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    'filters by metadata with the key %s',
    (path) => {
      const state = parseExplore(new URLSearchParams([[`metadata.${path}`, 'x']]));
      const { metadata = {} } = filterOf(state, { from: 0, to: undefined });
      expect(Object.entries(metadata)).toEqual([[path, ['x']]]);
    },
  );

  test('becomes a filter with absolute times, and with all values of a path', () => {
    const query = new URLSearchParams('userId=ann&metadata.os=ios&metadata.os=android&from=-1h');
    const now = Date.parse('2026-11-30T12:00:00Z');
    const state = parseExplore(query);
    expect(filterOf(state, resolveRange(state.from, state.to, now))).toEqual({
      userId: ['ann'],
      metadata: { os: ['ios', 'android'] },
      from: new Date('2026-11-30T11:00:00Z'),
      to: new Date('2026-11-30T12:05:00Z'),
    });
  });
});

describe('a time range', () => {
  const now = Date.parse('2026-11-30T12:00:00Z');
  test.each([
    ['-15m', '2026-11-30T11:45:00.000Z'],
    ['-2w', '2026-11-16T12:00:00.000Z'],
    ['2026-11-01', '2026-11-01T00:00:00.000Z'],
    ['2026-11-01T10:00:00+02:00', '2026-11-01T08:00:00.000Z'],
    ['all', undefined],
    ['yesterday', undefined],
    ['2026-99-99', undefined],
    ['-99999999999h', undefined],
  ])('from %s starts at %s', (from, moment) => {
    const { from: first } = resolveRange(from, '', now);
    expect(first === undefined ? undefined : new Date(first).toISOString()).toBe(moment);
  });
});
