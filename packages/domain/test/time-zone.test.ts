import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Timestamp, TimeZone } from '../src/index.ts';

const offsets = (zone: string, first: string, last: string) =>
  TimeZone.offsetsBetween(TimeZone.parse(zone), Timestamp.parse(first), Timestamp.parse(last)).map(
    ({ from, offsetMs }) => [Timestamp.toISO(from), offsetMs / 1000],
  );

describe('the name of a zone', () => {
  test.each([
    ['Europe/Berlin', 'Europe/Berlin'],
    ['europe/BERLIN', 'Europe/Berlin'],
    ['utc', 'UTC'],
    ['Etc/UTC', 'UTC'],
    ['Etc/GMT+12', 'Etc/GMT+12'],
    ['America/Argentina/Buenos_Aires', /Buenos_Aires$/],
  ])('%s is accepted', (raw, zone) => {
    expect(TimeZone.parse(raw)).toMatch(zone);
  });

  test.each(['', 'Europe', 'Europe/Nowhere', 'Z', '+01:00', '-0530', ' UTC', 'UTC\0', 'constructor', 'é'])(
    '%j is refused',
    (raw) => {
      expect(() => TimeZone.parse(raw)).toThrow(
        'must be a time zone of the IANA database such as Europe/Berlin',
      );
    },
  );

  test('is refused however long it is', () => {
    expect(() => TimeZone.parse('A'.repeat(1_000_000))).toThrow('must be a time zone');
  });
});

describe('the offsets of', () => {
  test('UTC are only one', () => {
    expect(offsets('UTC', '0000-01-01T00:00:00Z', '0040-01-01T00:00:00Z')).toEqual([
      ['0000-01-01T00:00:00.000Z', 0],
    ]);
  });

  test('a zone with summer time change at the exact second', () => {
    expect(offsets('Europe/Berlin', '2026-01-01T00:00:00.001Z', '2026-12-31T00:00:00Z')).toEqual([
      ['2026-01-01T00:00:00.001Z', 3600],
      ['2026-03-29T01:00:00.000Z', 7200],
      ['2026-10-25T01:00:00.000Z', 3600],
    ]);
  });

  test('a change at the last moment is included, and a change right after it is not', () => {
    const from = '2026-10-25T00:00:00Z';
    expect(offsets('Europe/Berlin', from, '2026-10-25T01:00:00Z')).toHaveLength(2);
    expect(offsets('Europe/Berlin', from, '2026-10-25T00:59:59.999Z')).toHaveLength(1);
    expect(offsets('Europe/Berlin', from, from)).toHaveLength(1);
  });

  test.each([
    [
      'half an hour of summer time',
      'Australia/Lord_Howe',
      '2026-01-01',
      '2026-12-31',
      [39_600, 37_800, 39_600],
    ],
    ['quarters of an hour', 'Asia/Kathmandu', '1985-12-01', '1986-02-01', [19_800, 20_700]],
    ['seconds, until 1972', 'Africa/Monrovia', '1971-12-01', '1972-02-01', [-2670, 0]],
    ['seconds, long ago', 'Europe/Berlin', '1890-01-01', '1895-01-01', [3208, 3600]],
    ['a skipped day', 'Pacific/Apia', '2011-12-01', '2012-01-15', [-36_000, 50_400]],
    ['a day twice', 'Pacific/Kwajalein', '1969-01-01', '1969-12-31', [39_600, -43_200]],
    ['one week of summer time', 'America/Recife', '2000-09-01', '2000-12-01', [-10_800, -7200, -10_800]],
    ['no summer time', 'Asia/Tokyo', '1990-01-01', '2030-01-01', [32_400]],
    ['a fixed distance', 'Etc/GMT+12', '1990-01-01', '2030-01-01', [-43_200]],
  ])('a zone with %s', (_, zone, first, last, seconds) => {
    const found = offsets(zone, `${first}T00:00:00Z`, `${last}T00:00:00Z`);
    expect(found.map(([, offset]) => offset)).toEqual(seconds);
    expect(found.slice(1).filter(([from]) => !String(from).endsWith('.000Z'))).toEqual([]);
  });

  test('any zone agree with what its clock shows, at every moment', () => {
    const zones = Intl.supportedValuesOf('timeZone');
    const year = 365 * 86_400_000;
    // Clocks changed irregularly only between 1800 and 2100. `shownAt` can read no year before 100.
    const anyMoment = fc.oneof(
      fc.integer({ min: Date.UTC(1860, 0), max: Date.UTC(2050, 0) }),
      fc.integer({ min: Date.UTC(1797, 0), max: Date.UTC(2103, 0) }),
      fc.integer({
        min: Date.parse('0100-01-02T00:00:00Z'),
        max: Date.parse('9999-12-31T00:00:00Z') - 3 * year,
      }),
    );
    const property = fc.property(
      fc.constantFrom(...zones),
      anyMoment,
      fc.array(fc.integer({ min: 0, max: 3 * year }), { minLength: 20, maxLength: 20 }),
      (zone, first, steps) => {
        const at = (millis: number) => Timestamp.fromMillis(millis);
        const parsed = TimeZone.parse(zone);
        const found = TimeZone.offsetsBetween(parsed, at(first), at(first + 3 * year));
        for (const moment of [...steps.map((step) => first + step), ...found.map(({ from }) => from)]) {
          const { offsetMs } = found.findLast(({ from }) => from <= moment) ?? { offsetMs: Number.NaN };
          expect([zone, moment, offsetMs]).toEqual([zone, moment, shownAt(zone, moment) - moment]);
        }
      },
    );
    fc.assert(property, { numRuns: 120 });
  });

  test('ten millennia include every change of the clock', () => {
    const found = offsets('Europe/Berlin', '0000-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z');
    // There are two changes a year since 1980, and some before.
    expect(found.length - 2 * (9999 - 1979)).toBeGreaterThan(10);
    expect(found.length - 2 * (9999 - 1979)).toBeLessThan(100);
    expect(found.slice(0, 2)).toEqual([
      ['0000-01-01T00:00:00.000Z', 3208],
      ['1893-03-31T23:06:32.000Z', 3600],
    ]);
    expect(found.slice(-2)).toEqual([
      ['9999-03-28T01:00:00.000Z', 7200],
      ['9999-10-31T01:00:00.000Z', 3600],
    ]);
  });

  test('a zone are the same after it was dropped from the cache', () => {
    const [first, last] = ['2026-01-01T00:00:00Z', '2026-12-31T00:00:00Z'];
    const zones = Intl.supportedValuesOf('timeZone').slice(0, 70);
    const before = zones.map((zone) => offsets(zone, first, last));
    expect(zones.map((zone) => offsets(zone, first, last))).toEqual(before);
  });
});

/** Returns what a clock of the zone shows, read as if it were UTC. */
function shownAt(zone: string, moment: number): number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    fractionalSecondDigits: 3,
    hourCycle: 'h23',
  });
  const part = Object.fromEntries(
    format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, fractionalSecond = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second, fractionalSecond);
}
