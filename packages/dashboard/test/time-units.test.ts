import { afterEach, describe, expect, test, vi } from 'vitest';
import { bucketTimes, roundUpTo, startOf, timeOfKey, unitFor } from '../src/shared/time-units.ts';

const at = (text: string): number => Date.parse(text);
const hourMs = 3_600_000;

describe('units of time', () => {
  test.each([
    ['2026-11-30T11:45:00Z', 'minute'],
    ['2026-11-29T12:00:00Z', 'hour'],
    ['2026-11-01T00:00:00Z', 'day'],
    ['2021-11-01T00:00:00Z', 'week'],
    ['1970-01-01T00:00:00Z', 'month'],
  ] as const)('a range from %s has one bar per %s', (from, unit) => {
    const to = at('2026-11-30T12:00:00Z');
    expect(unitFor(at(from), to)).toBe(unit);
    expect(bucketTimes(unit, at(from), to).length).toBeLessThan(700);
  });

  test.each(['minute', 'hour', 'day', 'week', 'month'] as const)(
    'a moment in a %s is rounded down and up to the starts of units',
    (unit) => {
      const moment = at('2026-03-29T01:30:27.123Z');
      const start = startOf(unit, moment);
      expect(startOf(unit, start)).toBe(start);
      expect(roundUpTo(unit, start)).toBe(start);
      expect(roundUpTo(unit, moment)).toBe(bucketTimes(unit, moment, moment + 400 * 86_400_000)[1]);
      expect(start).toBeLessThanOrEqual(moment);
    },
  );

  test('a key of the service gives the start of its unit', () => {
    expect(timeOfKey('2026-10-25T02:00:00+01:00', 'hour')).toBe(at('2026-10-25T01:00:00Z'));
    expect(timeOfKey('2026-11-25', 'day')).toBe(new Date(2026, 10, 25).getTime());
    expect(timeOfKey('2026-11', 'month')).toBe(new Date(2026, 10, 1).getTime());
    expect(timeOfKey('-000001-01', 'month')).toBeUndefined();
  });
});

// Clocks change at 02:00 in Berlin, at midnight in Cairo, and by half an hour on Lord Howe Island.
describe.each(['Europe/Berlin', 'Africa/Cairo', 'Australia/Lord_Howe'])('in %s', (zone) => {
  // Node applies a change of TZ at once.
  const enter = (): void => void vi.stubEnv('TZ', zone);
  afterEach(() => void vi.unstubAllEnvs());

  test('the clocks change in 2026', () => {
    enter();
    const offsets = [1, 7].map((month) => new Date(2026, month, 1).getTimezoneOffset());
    expect(offsets[0]).not.toBe(offsets[1]);
  });

  test('a year has 365 different days and 12 months', () => {
    enter();
    const [from, to] = [new Date(2026, 0, 1, 15).getTime(), new Date(2026, 11, 31, 1).getTime()];
    const days = bucketTimes('day', from, to);
    expect(days).toHaveLength(365);
    expect(new Set(days.map((day) => new Date(day).toDateString())).size).toBe(365);
    expect(bucketTimes('month', from, to)).toHaveLength(12);
  });

  test.each(['hour', 'day', 'week', 'month'] as const)(
    'each %s starts after the previous one, and every moment belongs to one',
    (unit) => {
      enter();
      const [from, to] = [new Date(2026, 2, 1).getTime(), new Date(2026, 4, 15).getTime()];
      const starts = bucketTimes(unit, from, to);
      expect(starts.filter((start, index) => index > 0 && start <= (starts[index - 1] ?? 0))).toEqual([]);
      const known = new Set(starts);
      const moments = Array.from({ length: (to - from) / (hourMs / 4) }, (_, n) => from + n * (hourMs / 4));
      expect(moments.filter((moment) => !known.has(startOf(unit, moment)))).toEqual([]);
    },
  );
});
