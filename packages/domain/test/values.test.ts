import { describe, expect, test } from 'vitest';
import { ActivityId, ActivityType, Timestamp, UserId } from '../src/index.ts';

/** What the parser makes of the value, or its reason against it. */
function outcome<Value>(parse: (raw: unknown) => Value, raw: unknown): Value | string {
  try {
    return parse(raw);
  } catch (error) {
    return error instanceof Error && error.name === 'RuleBroken' ? `no: ${error.message}` : String(error);
  }
}

describe('ActivityId', () => {
  const parsed = (raw: unknown) => outcome((value) => ActivityId.parse(value), raw);

  test.each(['a', '...a', 'Count', 'x'.repeat(128), '!#$%&/()=?~', '0192-uuid', '__proto__', '..a'])(
    'takes %s as it is',
    (raw) => expect(parsed(raw)).toBe(raw),
  );

  const printable = 'no: must be 1-128 printable ASCII characters without space';
  test.each([
    ['', printable],
    ['x'.repeat(129), printable],
    ['a b', printable],
    [' a', printable],
    ['a\n', printable],
    ['ä', printable],
    ['\x7f', printable],
    ['.', 'no: must not be only dots'],
    ['.....', 'no: must not be only dots'],
    [7, 'no: must be a string'],
    [null, 'no: must be a string'],
    [['a'], 'no: must be a string'],
  ])('refuses %j', (raw, reason) => expect(parsed(raw)).toBe(reason));

  test.each(['count', 'stats', 'export', 'stream', 'batch'])('refuses the word %s of the routes', (raw) =>
    expect(parsed(raw)).toBe('no: must not be one of the reserved words count, stats, export, stream, batch'),
  );
});

describe('UserId', () => {
  const parsed = (raw: unknown) => outcome((value) => UserId.parse(value), raw);

  test.each([
    ['123', '123'],
    ['  ann  ', 'ann'],
    ['Ann Lee', 'Ann Lee'],
    ['...', '...'],
    ['a'.repeat(256), 'a'.repeat(256)],
    ['😀'.repeat(256), '😀'.repeat(256)],
    [` ${'é'.repeat(256)}\u3000`, 'é'.repeat(256)],
  ])('makes %j into %j', (raw, user) => expect(parsed(raw)).toBe(user));

  const length = 'no: must be 1-256 characters after trimming';
  test.each([
    [undefined, 'no: is required'],
    [123, 'no: must be a string'],
    ['', length],
    // So much white space is not worth the work.
    [`u${' '.repeat(1024)}`, length],
    [' \t\n ', length],
    ['a'.repeat(257), length],
    ['😀'.repeat(257), length],
    ['a\u0000b', 'no: must not contain control characters'],
    ['a\u0085b', 'no: must not contain control characters'],
    ['.', 'no: must not be "." or ".."'],
    [' .. ', 'no: must not be "." or ".."'],
    ['\ud800', 'no: must be well-formed Unicode (it has an unpaired surrogate)'],
  ])('refuses %j', (raw, reason) => expect(parsed(raw)).toBe(reason));
});

describe('ActivityType', () => {
  const parsed = (raw: unknown) => outcome((value) => ActivityType.parse(value), raw);

  test.each([
    ['LOGIN', 'LOGIN'],
    ['login', 'LOGIN'],
    ['  log in ', 'LOG_IN'],
    ['log -\t- in', 'LOG_IN'],
    ['log_-_in', 'LOG___IN'],
    ['Order Completed', 'ORDER_COMPLETED'],
    ['cart:item/added.v2', 'CART:ITEM/ADDED.V2'],
    ['e\u0301te', 'ÉTE'],
    ['straße', 'STRASSE'],
    ['購入', '購入'],
    ['x'.repeat(128), 'X'.repeat(128)],
    ['e\u0301'.repeat(128), 'É'.repeat(128)],
  ])('makes %j into %j', (raw, type) => {
    expect(parsed(raw)).toBe(type);
    expect(parsed(type)).toBe(type);
  });

  const length = 'no: must be 1-128 characters';
  const alphabet = 'no: must consist of letters, marks, digits and _ . : / (white space and - become _)';
  test.each([
    [undefined, 'no: is required'],
    [1, 'no: must be a string'],
    ['', length],
    ['   ', length],
    ['x'.repeat(129), length],
    ['ß'.repeat(65), length],
    ['e\u0301'.repeat(1_000_000), length],
    // Not even where less would be left of it.
    [`a${' '.repeat(512)}b`, length],
    ['LOG(IN)', alphabet],
    ['a\u0000', alphabet],
    ['😀', alphabet],
    ['½', alphabet],
    ['\udc00', 'no: must be well-formed Unicode (it has an unpaired surrogate)'],
  ])('refuses %.40j', (raw, reason) => expect(parsed(raw)).toBe(reason));

  const fitting = (raw: unknown) => outcome((value) => ActivityType.fitting(value), raw);

  test.each([
    ['Order Completed!', 'ORDER_COMPLETED_'],
    ['com.example/order(paid)', 'COM.EXAMPLE/ORDER_PAID_'],
    ['😀', '_'],
    ['a\u0000b', 'A_B'],
    ['log in', 'LOG_IN'],
  ])('fits the name %j in as %j', (raw, type) => {
    expect(fitting(raw)).toBe(type);
    expect(parsed(type)).toBe(type);
  });

  test.each([
    [undefined, 'no: is required'],
    [7, 'no: must be a string'],
    [' ', length],
    ['!'.repeat(129), length],
    [`a${' '.repeat(512)}b`, length],
    ['\ud800', 'no: must be well-formed Unicode (it has an unpaired surrogate)'],
  ])('fits nothing in for %.40j', (raw, reason) => expect(fitting(raw)).toBe(reason));
});

describe('Timestamp', () => {
  const parsed = (raw: unknown) => outcome((value) => Timestamp.toISO(Timestamp.parse(value)), raw);

  test.each([
    ['2026-11-24T08:30:00Z', '2026-11-24T08:30:00.000Z'],
    ['2026-11-24t08:30:00.5z', '2026-11-24T08:30:00.500Z'],
    ['2026-11-24T08:30:00.123456789+01:00', '2026-11-24T07:30:00.123Z'],
    ['2026-11-24T23:30:00-05:30', '2026-11-25T05:00:00.000Z'],
    ['2026-11-24T08:30:00-00:00', '2026-11-24T08:30:00.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
    ['0000-01-01T00:00:00Z', '0000-01-01T00:00:00.000Z'],
    ['0050-01-01T00:00:00Z', '0050-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('reads %s as %s', (raw, iso) => expect(parsed(raw)).toBe(iso));

  const shape = 'no: must be an RFC 3339 date-time such as 2026-11-24T08:30:00Z';
  const exists = 'no: must be a date-time that exists';
  const years = 'no: must be within the years 0000 to 9999 in UTC';
  test.each([
    [0, shape],
    ['', shape],
    ['2026-11-24', shape],
    ['2026-11-24T08:30:00', shape],
    ['2026-11-24 08:30:00Z', shape],
    ['2026-11-24T08:30Z', shape],
    ['2026-11-24T08:30:00.Z', shape],
    ['+002026-11-24T08:30:00Z', shape],
    [' 2026-11-24T08:30:00Z', shape],
    ['2026-02-29T00:00:00Z', exists],
    ['2026-13-01T00:00:00Z', exists],
    ['2026-00-10T00:00:00Z', exists],
    ['2026-11-31T00:00:00Z', exists],
    ['2026-11-24T24:00:00Z', exists],
    ['2026-11-24T08:60:00Z', exists],
    ['2026-11-24T08:30:61Z', exists],
    ['2026-11-24T08:30:00+24:00', exists],
    ['2026-11-24T08:30:00+01:60', exists],
    ['0000-01-01T00:00:00+00:01', years],
    ['9999-12-31T23:59:59.999-00:01', years],
  ])('refuses %j', (raw, reason) => expect(parsed(raw)).toBe(reason));

  test.each([Number.NaN, 0.5, Number.POSITIVE_INFINITY, 253_402_300_800_000, -62_167_219_200_001])(
    'refuses %d milliseconds',
    (millis) => expect(outcome(() => Timestamp.fromMillis(millis), undefined)).toBe(years),
  );

  test('has one zero', () => expect(Object.is(Timestamp.fromMillis(-0), 0)).toBe(true));
});
