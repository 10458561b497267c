import { Timestamp, unlessBroken } from '@user-activity/domain';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseLenientTime } from '../../src/segment/lenient-time.ts';

const iso = (sent: unknown): string | undefined => {
  const moment = parseLenientTime(sent);
  return moment === undefined ? undefined : Timestamp.toISO(moment);
};

describe('the time of', () => {
  const morning = '2026-11-24T09:37:56.000Z';
  const minute = '2026-11-24T09:37:00.000Z';
  test.each<[unknown, string]>([
    // ISO 8601
    ['2026-11-24T09:37:56Z', morning],
    ['2026-11-24T09:37:56.059464', '2026-11-24T09:37:56.059Z'],
    ['2026-11-24T09:37:56', morning],
    ['2026-11-24t09:37:56z', morning],
    ['2026-11-24 09:37:56', morning],
    ['  2026-11-24 09:37:56\n', morning],
    ['2026-11-24T09:37', minute],
    ['2026-11-24 09:37Z', minute],
    ['2026-11-24T09:37+02:00', '2026-11-24T07:37:00.000Z'],
    ['2026-11-24', '2026-11-24T00:00:00.000Z'],
    ['2026-11-24T09:37:56+0000', morning],
    ['2026-11-24T09:37:56+00', morning],
    ['2026-11-24T09:37:56+00:00', morning],
    ['2026-11-24T09:37:56-00:00', morning],
    ['2026-11-24T15:07:56+0530', morning],
    ['2026-11-24T01:37:56-08', morning],
    ['2026-11-24T09:37:56,5Z', '2026-11-24T09:37:56.500Z'],
    ['2026-11-24T09:37:56.1', '2026-11-24T09:37:56.100Z'],
    [`2026-11-24T09:37:56.${'9'.repeat(200)}Z`, '2026-11-24T09:37:56.999Z'],
    ['20261124T093756Z', morning],
    ['20261124T0937', minute],
    ['20261124', '2026-11-24T00:00:00.000Z'],
    ['0000-01-01', '0000-01-01T00:00:00.000Z'],
    ['0099-12-31T23:59:59Z', '0099-12-31T23:59:59.000Z'],
    ['2569-11-24T09:37:56.000Z', '2569-11-24T09:37:56.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
    // What Ruby, Go, Java and Python print
    ['2026-11-24 09:37:56 UTC', morning],
    ['2026-11-24 10:37:56 +0100', morning],
    ['2026-11-24 10:37:56.059464 +0100 CET', '2026-11-24T09:37:56.059Z'],
    ['2026-11-24T10:37:56+01:00[Europe/Paris]', morning],
    ['2026-11-24 09:37:56.059464+00:00', '2026-11-24T09:37:56.059Z'],
    // RFC 2822 and HTTP
    ['Tue, 24 Nov 2026 09:37:56 +0000', morning],
    ['Tue, 24 Nov 2026 09:37:56 GMT', morning],
    ['24 Nov 2026 09:37 +0000', minute],
    ['Tue, 3 nov 2026 04:37:56 EST', '2026-11-03T09:37:56.000Z'],
    ['Tue, 24 Nov 2026 09:37:56 +0000 (UTC)', morning],
    ['Tuesday, 24-Nov-26 09:37:56 GMT', morning],
    ['Sunday, 06-Nov-94 08:49:37 GMT', '1994-11-06T08:49:37.000Z'],
    ['Tue, 24 Nov 2026 09:37:56', morning],
    ['Tue Nov 24 09:37:56 2026', morning],
    ['Tue Nov  3 09:37:56 2026', '2026-11-03T09:37:56.000Z'],
    ['Tue Nov 24 2026 10:37:56 GMT+0100 (Central European Standard Time)', morning],
    // What Go, Ruby, Java and JavaScript print, too
    ['Tue Nov 24 09:37:56 UTC 2026', morning],
    ['Tue Nov  3 04:37:56 EST 2026', '2026-11-03T09:37:56.000Z'],
    ['Tue Nov 24 09:37:56 +0000 2026', morning],
    ['Tue Nov 24 10:37:56 +0100 2026', morning],
    ['Tue Nov 24 10:37:56 GMT+01:00 2026', morning],
    ['2026-11-24 09:37:56.0123 +0000 UTC m=+0.0123', '2026-11-24T09:37:56.012Z'],
    ['2026-11-24 10:37:56.0123 +0100 CET m=-12.5', '2026-11-24T09:37:56.012Z'],
    ['2026-11-24 15:07:56 +0530 +0530', morning],
    ['Tue Nov 24 2026', '2026-11-24T00:00:00.000Z'],
    ['Nov 24, 2026 9:37:56 AM', morning],
    ['Nov 24, 2026, 9:37:56\u202FAM', morning],
    ['Nov 24, 2026 9:37:56 PM', '2026-11-24T21:37:56.000Z'],
    ['Nov 24, 2026', '2026-11-24T00:00:00.000Z'],
    ['+002026-11-24T09:37:56.000Z', morning],
    // Less than a complete time, and more than one.
    ['2026-11-24T9:37:56Z', morning],
    ['2026-11-24T09Z', '2026-11-24T09:00:00.000Z'],
    ['2026-11-24T09', '2026-11-24T09:00:00.000Z'],
    ['2026-11-24T09+01:00', '2026-11-24T08:00:00.000Z'],
    ['20261124T09Z', '2026-11-24T09:00:00.000Z'],
    ['2026-11', '2026-11-01T00:00:00.000Z'],
    ['2026-11-24T09:37:56.', morning],
    ['2026-11-24T09:37:56.Z', morning],
    ['2026-11-24T09:37:56+00:00Z', morning],
    ['2026-11-24T10:37:56+01:00Z', morning],
    ['2026-11-24T04:37:56\u221205:00', morning],
    ['2026-11-24T24:00:00Z', '2026-11-25T00:00:00.000Z'],
    ['2026-11-24T24:00', '2026-11-25T00:00:00.000Z'],
    ['2026-12-31T24:00:00.000+01:00', '2026-12-31T23:00:00.000Z'],
    ['2026/11/24 09:37:56', morning],
    ['2026/11/3 9:37', '2026-11-03T09:37:00.000Z'],
    ['2026/11/24', '2026-11-24T00:00:00.000Z'],
    // Clocks of 12 hours
    ['2026-11-24T9:37:56 am.059Z', '2026-11-24T09:37:56.059Z'],
    ['2026-11-24T9:37:56 PM.059Z', '2026-11-24T21:37:56.059Z'],
    ['2026-11-24T9:37:56.059 PM', '2026-11-24T21:37:56.059Z'],
    ['2026-11-24 12:37:56 AM', '2026-11-24T00:37:56.000Z'],
    ['2026-11-24 12:37:56 pm', '2026-11-24T12:37:56.000Z'],
    ['2026-11-24 09:37PM', '2026-11-24T21:37:00.000Z'],
    // Since 1970
    ['/Date(1763976000000)/', '2025-11-24T09:20:00.000Z'],
    ['/Date(1763976000000+0100)/', '2025-11-24T09:20:00.000Z'],
    ['/Date(-1)/', '1969-12-31T23:59:59.999Z'],
    ['1e9', '2001-09-09T01:46:40.000Z'],
    ['1.795513076059E12', '2026-11-24T09:37:56.059Z'],
    ['1.795513076059464e+9', '2026-11-24T09:37:56.059Z'],
    ['17955130760594.64e-1', '2026-11-24T09:37:56.059Z'],
    ['0e99', '1970-01-01T00:00:00.000Z'],
    ['0.000e-9', '1970-01-01T00:00:00.000Z'],
    ['0000001795513076', morning],
    [1e-7, '1970-01-01T00:00:00.000Z'],
    [1_795_513_076_059_464, '2026-11-24T09:37:56.059Z'],
    ['1795513076059464', '2026-11-24T09:37:56.059Z'],
    [1_795_513_076_059_464_000, '2026-11-24T09:37:56.059Z'],
    ['1795513076059464123', '2026-11-24T09:37:56.059Z'],
    ['-1795513076059464123', '1913-02-07T14:22:03.941Z'],
    [1e15, '2001-09-09T01:46:40.000Z'],
    [1_795_513_076, morning],
    [1_795_513_076_000, morning],
    ['1795513076', morning],
    ['1795513076000', morning],
    [1_795_513_076.059, '2026-11-24T09:37:56.059Z'],
    ['1795513076.059464', '2026-11-24T09:37:56.059Z'],
    ['1795513076059.464', '2026-11-24T09:37:56.059Z'],
    [0, '1970-01-01T00:00:00.000Z'],
    [-0, '1970-01-01T00:00:00.000Z'],
    [7, '1970-01-01T00:00:07.000Z'],
    [-0.5, '1969-12-31T23:59:59.500Z'],
    [-1, '1969-12-31T23:59:59.000Z'],
    [99_999_999_999, '5138-11-16T09:46:39.000Z'],
    [100_000_000_000, '1973-03-03T09:46:40.000Z'],
  ])('%j is %s', (sent, moment) => {
    expect(iso(sent)).toBe(moment);
  });

  test.each<unknown>([
    undefined,
    null,
    true,
    {},
    [],
    ['2026-11-24'],
    '',
    ' '.repeat(300),
    'now',
    'Tue',
    '2026-1-1',
    '2026-13-01',
    '2026-02-29',
    '2026-11-31T00:00',
    '2026-11-24T09:60',
    '2026-11-24T09:37:61',
    '2026-11-24T09:37:56+24:00',
    '2026-11-24T09:37:56+01:60',
    '2026-11-24T09:37:56 XYZ',
    '2026-11-24+00:00',
    '2026-11-24T09:37:56ZZ',
    '12345-01-01',
    '9999-12-31T23:59:59-00:01',
    '0000-01-01T00:00:00+00:01',
    'Tue, 31 Nov 2026 09:37:56 GMT',
    'Tue, 24 Foo 2026 09:37:56 GMT',
    '24 Nov 126 09:37:56 GMT',
    '11/24/2026',
    '24/11/2026 09:37:56',
    '2026/13/24',
    '2026-11-24T24:00:01Z',
    '2026-11-24T24:00:00.001Z',
    '9999-12-31T24:00:00Z',
    '2026-11-24T25:00Z',
    '2026-11-24T09.5Z',
    '2026-11-24T13:37:56 PM',
    '2026-11-24T9:37:56 XM',
    'Tue Nov 24 09:37:56 XYZ 2026',
    'Tue Nov 31 2026',
    '+012026-11-24T09:37:56Z',
    '/Date(1795513076000)',
    '/Date(9999999999999999)/',
    '1795513076059464e1',
    '17955130760594641',
    '133000000000000000',
    '638000000000000000',
    '1e19',
    '1e999',
    'e9',
    '1e',
    '.5',
    '24.11.2026',
    '２０２６-11-24',
    Number.NaN,
    Infinity,
    1e21,
    '253402300800000',
    '0x10',
    '99999999',
    `2026-11-24T09:37:56.${'0'.repeat(300)}Z`,
  ])('%j is not parsed', (sent) => {
    expect(iso(sent)).toBeUndefined();
  });
});

const moments = fc
  .date({
    min: new Date('0000-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59.999Z'),
    noInvalidDate: true,
  })
  .map((date) => date.getTime());

test('a time is parsed from every form in which it can be written', () => {
  fc.assert(
    fc.property(
      moments,
      fc.constantFrom('T', 't', ' '),
      fc.constantFrom('', 'z', ' UTC', '+00', '-0000'),
      (millis, t, zone) => {
        const text = new Date(millis).toISOString();
        expect(parseLenientTime(text.replace('T', t).replace('Z', zone))).toBe(millis);
        expect(parseLenientTime(text.replace('.', ',').replace('Z', '456789'))).toBe(millis);
        expect(parseLenientTime(new Date(millis).toUTCString())).toBe(Math.floor(millis / 1000) * 1000);
        expect(parseLenientTime(text.slice(0, 10))).toBe(Date.parse(text.slice(0, 10)));
        expect(parseLenientTime(text.slice(0, 16))).toBe(Math.floor(millis / 60_000) * 60_000);
      },
    ),
  );
});

test('a number means seconds before the year 5138, and milliseconds from 1973 on', () => {
  // Eight digits of text are a date.
  const seconds = fc.oneof(fc.integer({ min: -6e13, max: 0 }), fc.integer({ min: 1e11, max: 9e13 }));
  const millis = fc.integer({ min: 1e11, max: Date.parse('9999-12-31T23:59:59.999Z') });
  fc.assert(
    fc.property(seconds, millis, (first, second) => {
      expect(parseLenientTime(first / 1000)).toBe(first);
      expect(parseLenientTime(String(first / 1000))).toBe(first);
      expect([parseLenientTime(second), parseLenientTime(String(second))]).toEqual([second, second]);
    }),
  );
});

test('an RFC 3339 time is what the domain parses, and every result is a valid time', () => {
  const digits = (count: number) =>
    fc.integer({ min: 0, max: 10 ** count - 1 }).map((n) => String(n).padStart(count, '0'));
  const rfc3339 = fc
    .tuple(
      digits(4),
      digits(2),
      digits(2),
      digits(2),
      digits(2),
      digits(2),
      fc.constantFrom('', '.5', '.123456789'),
      fc.constantFrom('Z', 'z', '+01:00', '-23:59'),
    )
    .map(([y, mo, d, h, mi, s, f, zone]) => `${y}-${mo}-${d}T${h}:${mi}:${s}${f}${zone}`);
  fc.assert(
    fc.property(
      fc.oneof(
        rfc3339,
        moments.map((millis) => new Date(millis).toISOString()),
      ),
      (text) => {
        expect(parseLenientTime(text)).toBe(unlessBroken(() => Timestamp.parse(text)));
      },
    ),
  );
  const pieces = fc.constantFrom(
    '2026',
    '24',
    '11',
    '09',
    '-',
    ':',
    'T',
    ' ',
    'Nov',
    'Tue,',
    'Z',
    'GMT',
    '+0100',
    '+01:00',
    '.5',
    '1795513076',
    '(x)',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.double(),
        fc.array(pieces).map((parts) => parts.join('')),
      ),
      (sent) => {
        const moment = parseLenientTime(sent);
        expect(moment === undefined || Timestamp.parse(Timestamp.toISO(moment)) === moment).toBe(true);
      },
    ),
  );
});
