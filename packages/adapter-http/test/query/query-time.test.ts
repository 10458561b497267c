import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RuleBroken, Timestamp, TimeZone } from '@user-activity/domain';
import { isRelativeTime, parseQueryTime } from '../../src/query/query-time.ts';

const now = Timestamp.parse('2026-11-24T08:30:00.123Z');
const reference = { now, timeZone: TimeZone.utc };

function read(raw: string, zone = 'UTC'): string {
  try {
    return Timestamp.toISO(parseQueryTime(raw, { now, timeZone: TimeZone.parse(zone) }));
  } catch (error) {
    if (!(error instanceof RuleBroken)) throw error;
    return `no: ${error.message}`;
  }
}

describe('takes', () => {
  test.each([
    ['2026-11-24T10:00:00+01:00', '2026-11-24T09:00:00.000Z'],
    ['2026-11-24t10:00:00.1239z', '2026-11-24T10:00:00.123Z'],
    ['2026-11-01', '2026-11-01T00:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['0000-01-01', '0000-01-01T00:00:00.000Z'],
    ['9999-12-31', '9999-12-31T00:00:00.000Z'],
    ['now', '2026-11-24T08:30:00.123Z'],
    ['-0s', '2026-11-24T08:30:00.123Z'],
    ['-1s', '2026-11-24T08:29:59.123Z'],
    ['-90m', '2026-11-24T07:00:00.123Z'],
    ['-24h', '2026-11-23T08:30:00.123Z'],
    ['-007d', '2026-11-17T08:30:00.123Z'],
    ['-2w', '2026-11-10T08:30:00.123Z'],
    ['-63000000000s', '0030-07-04T16:30:00.123Z'],
  ])('%s', (raw, iso) => {
    expect(read(raw)).toBe(iso);
  });

  test.each([
    ['2026-11-24', 'Europe/Berlin', '2026-11-23T23:00:00.000Z'],
    ['2026-07-01', 'Europe/Berlin', '2026-06-30T22:00:00.000Z'],
    // The days on which the clock changes, and the days after.
    ['2026-03-29', 'Europe/Berlin', '2026-03-28T23:00:00.000Z'],
    ['2026-03-30', 'Europe/Berlin', '2026-03-29T22:00:00.000Z'],
    ['2026-10-25', 'Europe/Berlin', '2026-10-24T22:00:00.000Z'],
    ['2026-10-26', 'Europe/Berlin', '2026-10-25T23:00:00.000Z'],
    ['2026-11-24', 'Pacific/Kiritimati', '2026-11-23T10:00:00.000Z'],
    ['2026-11-24', 'Pacific/Pago_Pago', '2026-11-24T11:00:00.000Z'],
    // The clock went from 00:00 to 01:00, so that day began at 01:00.
    ['2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z'],
    // The clock went from 01:00 back to 00:00, so that day began at the first of the two midnights.
    ['2026-11-01', 'America/Havana', '2026-11-01T04:00:00.000Z'],
    // The clock went from 00:00 back to 23:00, so that day began after the second 23:00.
    ['2018-02-18', 'America/Sao_Paulo', '2018-02-18T03:00:00.000Z'],
    // The clock went from 00:01 back to 23:01, when that day had already begun.
    ['2000-10-29', 'America/St_Johns', '2000-10-29T02:30:00.000Z'],
    // Samoa skipped this day, so its start is that of the next day.
    ['2011-12-30', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
    ['2011-12-31', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
    ['1840-01-01', 'Asia/Manila', '1840-01-01T15:56:08.000Z'],
    ['0000-01-01', 'Asia/Tokyo', '0000-01-01T00:00:00.000Z'],
    ['0000-01-01', 'America/New_York', '0000-01-01T04:56:02.000Z'],
    ['9999-12-31', 'America/New_York', '9999-12-31T05:00:00.000Z'],
  ])('%s in %s', (raw, zone, iso) => {
    expect(read(raw, zone)).toBe(iso);
  });

  test('a date as the first moment at which the clock of the zone shows it', () => {
    const zones = [
      'Europe/Berlin',
      'America/Sao_Paulo',
      'Asia/Beirut',
      'Africa/Cairo',
      'Australia/Lord_Howe',
    ];
    const days = fc.integer({ min: 0, max: 25_000 }).map((day) => Timestamp.fromMillis(day * 86_400_000));
    fc.assert(
      fc.property(fc.constantFrom(...zones), days, (name, midnight) => {
        const timeZone = TimeZone.parse(name);
        const date = Timestamp.toISO(midnight).slice(0, 10);
        const start = parseQueryTime(date, { now, timeZone });
        const shown = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' });
        expect(shown.format(start)).toBe(date);
        expect(shown.format(start - 1) < date).toBe(true);
      }),
    );
  });
});

describe('refuses', () => {
  const forms =
    'must be an RFC 3339 date-time such as 2026-11-24T08:30:00Z, a date such as 2026-11-24, or a relative time such as -24h ' +
    '(units: s, m, h, d, w)';
  const range = 'must be within the years 0000 to 9999 in UTC';
  const plus = (written: string) =>
    `must be written ${written}: a + in a URL is written %2B, else it is a space`;
  const rfc = (written: string) =>
    `must be written ${written}: RFC 3339 has a T, seconds and an offset, and Z is UTC`;
  const missing = `must be a date-time that exists, within the years 0000 to 9999 in UTC`;
  test.each([
    ['', forms],
    ['yesterday', forms],
    ['Now', forms],
    ['-', forms],
    ['-h', forms],
    ['-1', forms],
    ['-1H', forms],
    ['-1M', forms],
    ['-1y', forms],
    ['-1ms', forms],
    ['-1.5h', forms],
    ['-1e3s', forms],
    ['--1h', forms],
    ['-1h30m', forms],
    ['-١h', forms],
    ['−1h', forms],
    ['-1h ', forms],
    ['-1h\n', forms],
    ['-1234567890123s', forms],
    [`-${'1'.repeat(100_000)}s`, forms],
    ['-999999999999s', range],
    ['-999999999999w', range],
    ['24h', 'must begin with a minus, as in -24h: relative times lie before now'],
    ['+24h', 'must begin with a minus, as in -24h: relative times lie before now'],
    [' 24h', 'must begin with a minus, as in -24h: relative times lie before now'],
    ['2026-02-30', 'must be a date that exists'],
    ['2026-13-01', 'must be a date that exists'],
    ['2026-11', forms],
    ['2026', forms],
    ['20261124', forms],
    ['2026-11-24Z', forms],
    ['24.11.2026', forms],
    ['1700000000', 'must not be a Unix time: write 2023-11-14T22:13:20.000Z'],
    ['1700000000.25', 'must not be a Unix time: write 2023-11-14T22:13:20.000Z'],
    ['1700000000123', 'must not be a Unix time: write 2023-11-14T22:13:20.123Z'],
    ['17000000001234', forms],
    ['2026-11-24T10:00:00 01:00', plus('2026-11-24T10:00:00%2B01:00')],
    ['2026-11-24T10:00:00.5 0530', plus('2026-11-24T10:00:00.5%2B05:30')],
    ['2026-11-24 10:00  01:00', plus('2026-11-24T10:00:00%2B01:00')],
    ['2026-11-24T10:00:00', rfc('2026-11-24T10:00:00Z')],
    ['2026-11-24T10:00', rfc('2026-11-24T10:00:00Z')],
    ['2026-11-24T10:00Z', rfc('2026-11-24T10:00:00Z')],
    ['2026-11-24 10:00:00', rfc('2026-11-24T10:00:00Z')],
    ['2026-11-24T10:00:00+0100', rfc('2026-11-24T10:00:00%2B01:00')],
    ['2026-11-24T10:00:00-0100', rfc('2026-11-24T10:00:00-01:00')],
    ['2026-02-30T10:00:00Z', missing],
    ['2026-11-24T24:00:00', missing],
    ['2026-11-24T10:00:00 25:00', missing],
    ['9999-12-31T23:59:59-00:01', missing],
    [`2026-11-24T10:00:00.${'1'.repeat(100_000)}Z`, forms],
  ])('%.60s', (raw, message) => {
    expect(read(raw)).toBe(`no: ${message}`);
  });

  test('every other text, and recognises relative times by their text', () => {
    const part = fc.constantFrom(
      '-',
      '1',
      '24',
      's',
      'h',
      'w',
      'now',
      ' ',
      '+',
      'T',
      ':',
      '.',
      '2026-11-24',
      'Z',
      '\u0000',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(part, { maxLength: 8 }).map((parts) => parts.join('')),
        ),
        (raw) => {
          const later = { ...reference, now: Timestamp.fromMillis(now + 1) };
          const outcome = read(raw);
          const isTaken = !outcome.startsWith('no: ');
          const moves = isTaken && parseQueryTime(raw, later) !== parseQueryTime(raw, reference);
          expect(moves).toBe(isTaken && isRelativeTime(raw));
          expect(isTaken || outcome.length < 300).toBe(true);
        },
      ),
    );
  });

  test('with a correction that is accepted', () => {
    for (const raw of [
      '1700000000',
      '2026-11-24T10:00:00 0100',
      '2026-11-24 10:00',
      '2026-11-24T10:00:00-0100',
    ]) {
      const [, written = ''] = /write?(?:ten)? (\S+Z|\S+\d\d:\d\d)/.exec(read(raw)) ?? [];
      expect(read(decodeURIComponent(written))).toMatch(/^\d{4}-/);
    }
  });
});
