import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type SlotCount, slotMs, TimeLines, Timestamp, type TimeUnit, TimeZone } from '../src/index.ts';

/** Adds the activities of a period at these moments, which are in order. They are counted by slot, as a store counts them. */
function addPeriod(lines: TimeLines, unit: TimeUnit, zone: TimeZone, times: readonly Timestamp[]) {
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined) throw new Error('There is none.');
  const slots = { unitMs: slotMs[unit], offsets: TimeZone.offsetsBetween(zone, first, last) };
  const counts = times.map((time): SlotCount => {
    const segment = slots.offsets.findLastIndex(({ from }) => from <= time);
    const slot = Math.floor((time + (slots.offsets[segment]?.offsetMs ?? 0)) / slotMs[unit]);
    return { segment, slot, count: 1 };
  });
  lines.add(slots, counts.toReversed());
  return { slots, counts };
}

const inOrder = (times: Iterable<Timestamp>): readonly Timestamp[] => [...times].toSorted((a, b) => a - b);

/** Returns the keys of the lines of these moments. Checks that they are the same with one period as with a period for each moment. */
function keys(unit: TimeUnit, name: string, ...moments: string[]): string[] {
  const zone = TimeZone.parse(name);
  const times = inOrder(moments.map((moment) => Timestamp.parse(moment)));
  const [whole, split] = [new TimeLines(unit, zone), new TimeLines(unit, zone)];
  addPeriod(whole, unit, zone, times);
  for (const time of times) addPeriod(split, unit, zone, [time]);
  expect(split.inOrder()).toEqual(whole.inOrder());
  return whole.inOrder().map(({ key, count }) => (count === 1 ? key : `${key} x${count}`));
}

describe('the key of a line is what the clock showed when it began:', () => {
  test.each<[string, TimeUnit, string, string[], string[]]>([
    ['UTC', 'hour', 'UTC', ['2026-11-25T01:59:59.999Z'], ['2026-11-25T01:00:00Z']],
    ['a minute', 'minute', 'UTC', ['2026-11-25T01:59:59.999Z'], ['2026-11-25T01:59:00Z']],
    ['Greenwich', 'hour', 'Europe/London', ['2026-01-01T00:30:00Z'], ['2026-01-01T00:00:00+00:00']],
    ['an offset', 'hour', 'Europe/Berlin', ['2026-11-25T00:30:00Z'], ['2026-11-25T01:00:00+01:00']],
    [
      '45 minutes',
      'hour',
      'Asia/Kathmandu',
      ['2026-01-01T00:14:59Z', '2026-01-01T00:15:00Z'],
      ['2026-01-01T05:00:00+05:45', '2026-01-01T06:00:00+05:45'],
    ],
    [
      'before 1970',
      'day',
      'UTC',
      ['1969-12-31T23:59:59.999Z', '1970-01-01T00:00:00Z'],
      ['1969-12-31', '1970-01-01'],
    ],
    [
      'seconds',
      'minute',
      'Africa/Monrovia',
      ['1971-06-01T00:44:29Z', '1971-06-01T00:44:30Z'],
      ['1971-05-31T23:59:00-00:44:30', '1971-06-01T00:00:00-00:44:30'],
    ],
    [
      'before 1900',
      'day',
      'Europe/Berlin',
      ['1890-01-01T23:06:31Z', '1890-01-01T23:06:32Z'],
      ['1890-01-01', '1890-01-02'],
    ],
    ['the year 0', 'day', 'America/New_York', ['0000-01-01T00:00:00Z'], ['-000001-12-31']],
    [
      'the year 9999',
      'hour',
      'Europe/Berlin',
      ['9999-12-31T23:59:59.999Z'],
      ['+010000-01-01T00:00:00+01:00'],
    ],
    [
      'weeks that end with a year',
      'week',
      'UTC',
      ['2023-12-31T23:59:59.999Z', '2024-01-01T00:00:00Z', '2026-12-31T00:00:00Z', '2027-01-03T23:00:00Z'],
      ['2023-12-25', '2024-01-01', '2026-12-28 x2'],
    ],
    [
      'the first possible weeks',
      'week',
      'UTC',
      ['0000-01-01T00:00:00Z', '0000-01-02T23:59:59.999Z', '0000-01-03T00:00:00Z'],
      ['-000001-12-27 x2', '0000-01-03'],
    ],
    [
      'the last possible week',
      'week',
      'Asia/Tokyo',
      ['9999-12-26T14:59:59Z', '9999-12-26T15:00:00Z', '9999-12-31T23:59:59.999Z'],
      ['9999-12-20', '9999-12-27 x2'],
    ],
    [
      'weeks before 1970',
      'week',
      'UTC',
      ['1969-12-28T23:59:59.999Z', '1969-12-29T00:00:00Z', '1970-01-04T23:59:59Z', '1970-01-05T00:00:00Z'],
      ['1969-12-22', '1969-12-29 x2', '1970-01-05'],
    ],
    [
      'months of leap years and others',
      'month',
      'UTC',
      [
        '2023-02-28T23:59:59.999Z',
        '2023-03-01T00:00:00Z',
        '2024-02-29T23:59:59.999Z',
        '2024-03-01T00:00:00Z',
      ],
      ['2023-02', '2023-03', '2024-02', '2024-03'],
    ],
    [
      'the 29th of February of the years 0, 1900 and 2000',
      'month',
      'UTC',
      ['0000-02-29T00:00:00Z', '1900-02-28T23:59:59.999Z', '1900-03-01T00:00:00Z', '2000-02-29T12:00:00Z'],
      ['0000-02', '1900-02', '1900-03', '2000-02'],
    ],
    [
      'months in the west',
      'month',
      'America/New_York',
      [
        '2026-01-01T04:59:59.999Z',
        '2026-01-01T05:00:00Z',
        '2026-11-01T03:59:59.999Z',
        '2026-12-01T04:59:59Z',
      ],
      ['2025-12', '2026-01', '2026-10', '2026-11'],
    ],
    ['the first month', 'month', 'America/New_York', ['0000-01-01T00:00:00Z'], ['-000001-12']],
    ['the last month', 'month', 'Europe/Berlin', ['9999-12-31T23:59:59.999Z'], ['+010000-01']],
    [
      'far west',
      'day',
      'Etc/GMT+12',
      ['2026-01-01T11:59:59.999Z', '2026-01-01T12:00:00Z'],
      ['2025-12-31', '2026-01-01'],
    ],
  ])('%s', (_, unit, zone, moments, expected) => {
    expect(keys(unit, zone, ...moments)).toEqual(expected);
  });
});

describe('when the clock changes', () => {
  test('an hour that it shows twice has two lines, and an hour that it skips has none', () => {
    expect(
      keys('hour', 'Europe/Berlin', '2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z', '2026-10-25T02:30:00Z'),
    ).toEqual(['2026-10-25T02:00:00+02:00', '2026-10-25T02:00:00+01:00', '2026-10-25T03:00:00+01:00']);
    expect(keys('hour', 'Europe/Berlin', '2026-03-29T00:59:59Z', '2026-03-29T01:00:00Z')).toEqual([
      '2026-03-29T01:00:00+01:00',
      '2026-03-29T03:00:00+02:00',
    ]);
  });

  test('days of 23 and of 25 hours have one line each', () => {
    const hours = (first: string, count: number) =>
      Array.from({ length: count }, (__, hour) =>
        new Date(Date.parse(first) + hour * 3_600_000).toISOString(),
      );
    expect(keys('day', 'Europe/Berlin', ...hours('2026-03-28T22:00:00Z', 25))).toEqual([
      '2026-03-28',
      '2026-03-29 x23',
      '2026-03-30',
    ]);
    expect(keys('day', 'Europe/Berlin', ...hours('2026-10-24T21:00:00Z', 27))).toEqual([
      '2026-10-24',
      '2026-10-25 x25',
      '2026-10-26',
    ]);
  });

  test('by half an hour, an hour that is shown twice still has two lines', () => {
    // At 15:00 UTC the clock of Lord Howe goes from 02:00 back to 01:30.
    expect(keys('hour', 'Australia/Lord_Howe', '2026-04-04T14:59:59Z', '2026-04-04T15:00:00Z')).toEqual([
      '2026-04-05T01:00:00+11:00',
      '2026-04-05T01:00:00+10:30',
    ]);
  });

  test('back over midnight, the days stay in their order', () => {
    // At 02:31 UTC the clock of St. John's went from 00:01 back to 23:01 of the day before.
    expect(
      keys(
        'day',
        'America/St_Johns',
        '2010-11-07T02:00:00Z',
        '2010-11-07T02:30:30Z',
        '2010-11-07T02:32:00Z',
        '2010-11-07T05:00:00Z',
      ),
    ).toEqual(['2010-11-06 x2', '2010-11-07 x2']);
  });

  test('weeks of 167 and of 169 hours have one line each, and so has a month', () => {
    const hours = (first: string, count: number) =>
      Array.from({ length: count }, (__, hour) =>
        new Date(Date.parse(first) + hour * 3_600_000).toISOString(),
      );
    // Sunday 22:00 to Monday 00:00 by the clock.
    expect(keys('week', 'Europe/Berlin', ...hours('2026-03-22T22:00:00Z', 169))).toEqual([
      '2026-03-16',
      '2026-03-23 x167',
      '2026-03-30',
    ]);
    expect(keys('week', 'Europe/Berlin', ...hours('2026-10-18T21:00:00Z', 171))).toEqual([
      '2026-10-12',
      '2026-10-19 x169',
      '2026-10-26',
    ]);
    expect(keys('month', 'Europe/Berlin', ...hours('2026-09-30T21:00:00Z', 747))).toEqual([
      '2026-09',
      '2026-10 x745',
      '2026-11',
    ]);
  });

  test('and a zone moves over the date line, the skipped day has no line', () => {
    expect(keys('day', 'Pacific/Apia', '2011-12-30T09:59:59.999Z', '2011-12-30T10:00:00Z')).toEqual([
      '2011-12-29',
      '2011-12-31',
    ]);
  });
});

describe('the maximum number of slots of a period', () => {
  const anyMoment = fc
    .tuple(
      // St. John's, Kwajalein and Manila, where clocks went back over midnight.
      fc.constantFrom(
        Date.parse('2010-11-07T02:31:00Z'),
        Date.parse('1969-09-30T13:00:00Z'),
        Date.parse('1844-12-31T15:56:00Z'),
        0,
      ),
      fc.integer({ min: -50 * 3600, max: 50 * 3600 }),
    )
    .map(([near, seconds]) => Timestamp.fromMillis(near + seconds * 1000));
  const anyZone = fc.constantFrom('America/St_Johns', 'Pacific/Kwajalein', 'Asia/Manila', 'UTC');
  const anyUnit = fc.constantFrom<TimeUnit>('minute', 'hour', 'day', 'week', 'month');
  const someMoments = fc.array(anyMoment, { minLength: 1, maxLength: 40, size: 'max' }).map(inOrder);

  test('is only exceeded if there are too many lines, including the lines of earlier periods', () => {
    const property = fc.property(anyUnit, anyZone, someMoments, fc.nat(100), (unit, name, times, cut) => {
      const zone = TimeZone.parse(name);
      const [known, lines] = [new TimeLines(unit, zone), new TimeLines(unit, zone)];
      const begin = Math.floor((cut / 101) * times.length);
      for (const target of [known, lines])
        if (begin > 0) addPeriod(target, unit, zone, times.slice(0, begin));
      const { slots, counts } = addPeriod(lines, unit, zone, times.slice(begin));
      const found = new Set(counts.map(({ segment, slot }) => `${segment} ${slot}`)).size;
      for (const maxLines of [lines.size, lines.size + 1])
        expect(found).toBeLessThanOrEqual(known.maxSlots(maxLines, slots));
    });
    const setBackBeforeTheCut = [
      '2010-11-07T02:30:59Z',
      '2010-11-07T02:31:00Z',
      '2010-11-07T02:31:00Z',
      '2010-11-07T03:30:00Z',
    ].map((time) => Timestamp.parse(time));
    fc.assert(property, {
      numRuns: 300,
      examples: [['day', 'America/St_Johns', setBackBeforeTheCut, 51]],
    });
  });

  test('is close to the maximum number of lines if the clock does not change', () => {
    const lines = new TimeLines('hour', TimeZone.utc);
    const slots = { unitMs: slotMs.hour, offsets: [{ from: Timestamp.fromMillis(0), offsetMs: 0 }] };
    expect(lines.maxSlots(10, slots)).toBe(11);
    lines.add(slots, [{ segment: 0, slot: 3, count: 1 }]);
    expect(lines.maxSlots(10, slots)).toBe(10);
    const [weeks, months] = [new TimeLines('week', TimeZone.utc), new TimeLines('month', TimeZone.utc)];
    expect([weeks.maxSlots(10, slots), months.maxSlots(10, slots)]).toEqual([77, 341]);
  });
});
