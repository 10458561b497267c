import { describe, expect, test } from 'vitest';
import { keyedBySlot, type SlotCount, Timestamp, type TimeUnit, TimeZone, unitMs } from '../src/index.ts';

/** The keys of these moments, each counted as a store counts it. */
function keys(unit: TimeUnit, name: string, ...moments: string[]): string[] {
  const zone = TimeZone.parse(name);
  const times = moments.map((moment) => Timestamp.parse(moment)).toSorted((a, b) => a - b);
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined) throw new Error('There is none.');
  const offsets = TimeZone.offsetsBetween(zone, first, last);
  const counts = times.map((time): SlotCount => {
    const segment = offsets.findLastIndex(({ from }) => from <= time);
    const slot = Math.floor((time + (offsets[segment]?.offsetMs ?? 0)) / unitMs[unit]);
    return { segment, slot, count: 1 };
  });
  const slots = { unitMs: unitMs[unit], offsets };
  return keyedBySlot(unit, zone, slots, counts.toReversed()).map(({ key, count }) =>
    count === 1 ? key : `${key} x${count}`,
  );
}

describe('a slot is called by what the clock showed when it began:', () => {
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
  test('the hour that it shows twice is two, and the one it leaves out is none', () => {
    expect(
      keys('hour', 'Europe/Berlin', '2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z', '2026-10-25T02:30:00Z'),
    ).toEqual(['2026-10-25T02:00:00+02:00', '2026-10-25T02:00:00+01:00', '2026-10-25T03:00:00+01:00']);
    expect(keys('hour', 'Europe/Berlin', '2026-03-29T00:59:59Z', '2026-03-29T01:00:00Z')).toEqual([
      '2026-03-29T01:00:00+01:00',
      '2026-03-29T03:00:00+02:00',
    ]);
  });

  test('days of 23 and of 25 hours are one each', () => {
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

  test('by half an hour, in the middle of one', () => {
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

  test('over the date line, a day is left out', () => {
    expect(keys('day', 'Pacific/Apia', '2011-12-30T09:59:59.999Z', '2011-12-30T10:00:00Z')).toEqual([
      '2011-12-29',
      '2011-12-31',
    ]);
  });
});
