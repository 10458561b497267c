import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ActivityId, ActivityType, Timestamp, UserId } from '../src/index.ts';

/** Returns what the parser makes of the value, or its message if it refuses the value. */
function outcome<Value>(parse: (raw: unknown) => Value, raw: unknown): Value | string {
  try {
    return parse(raw);
  } catch (error) {
    return error instanceof Error && error.name === 'RuleBroken' ? `no: ${error.message}` : String(error);
  }
}

describe('ActivityId', () => {
  const parsed = (raw: unknown) => outcome((value) => ActivityId.parse(value), raw);

  test.each(['a', '...a', 'Count', 'x'.repeat(128), '!#$%&/()=?~', '0192-uuid', '__proto__', '..a', 'count'])(
    'accepts %s unchanged',
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
    // There is too much white space to be worth trimming.
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
    ['x'.repeat(256), 'X'.repeat(256)],
    ['e\u0301'.repeat(256), 'É'.repeat(256)],
    ['Add member to role completed (PIM activation)', 'ADD_MEMBER_TO_ROLE_COMPLETED_(PIM_ACTIVATION)'],
    ["Don't ask again", "DON'T_ASK_AGAIN"],
    ['R&D: 100% > 10', 'R&D:_100%_>_10'],
    ['a\u2010b\u2013c \u2014 d\u2212e\u30a0f', 'A_B_C_D_E_F'],
    ['a\u2028b\u2029\u00a0c\ufeff', 'A_B_C'],
    ['a\tb\r\nc', 'A_B_C'],
    ['-', '_'],
    ['\u01f0', 'J\u030c'],
    ['\u03b1\u0345', '\u0391\u0399'],
    ['😀', '😀'],
    ['½', '½'],
  ])('makes %j into %j', (raw, type) => {
    expect(parsed(raw)).toBe(type);
    expect(parsed(type)).toBe(type);
  });

  const length = 'no: must be 1-256 characters';
  const control = 'no: must not contain control characters';
  test.each([
    [undefined, 'no: is required'],
    [1, 'no: must be a string'],
    ['', length],
    ['   ', length],
    ['x'.repeat(257), length],
    ['ß'.repeat(129), length],
    ['ΐ'.repeat(129), length],
    ['e\u0301'.repeat(1_000_000), length],
    // A text that is too long is refused even if its canonical form would be short.
    [`a${' '.repeat(1024)}b`, length],
    ['a\u0000', control],
    ['a\u007f', control],
    ['a\u0085b', control],
    ['\udc00', 'no: must be well-formed Unicode (it has an unpaired surrogate)'],
  ])('refuses %.40j', (raw, reason) => expect(parsed(raw)).toBe(reason));

  // Characters that change case, are composed, or count as separators.
  const telling = fc.constantFrom(
    ...Array.from(' -_\u2028\u2014\u0300\u0301\u0308\u030c\u0323\u0345ßŉǰΐᾳαıİﬁևჩ\u212a\u1fbe'),
  );
  const names = fc
    .array(fc.oneof(fc.string({ unit: 'binary', maxLength: 3 }), telling))
    .map((parts) => parts.join(''));

  test('a canonical type stays unchanged, and has at most 256 characters', () => {
    fc.assert(
      fc.property(names, (name) => {
        const type = parsed(name);
        fc.pre(!type.startsWith('no: '));
        expect(parsed(type)).toBe(type);
        expect(Array.from(type).length).toBeLessThanOrEqual(256);
      }),
      { numRuns: 2000 },
    );
  });

  test('a parsed character stays the same when it is parsed again', () => {
    const changed: number[] = [];
    for (let point = 0x20; point < 0x11_0000; point += 1) {
      const type = parsed(`a${String.fromCodePoint(point)}`);
      if (!type.startsWith('no: ') && parsed(type) !== type) changed.push(point);
    }
    expect(changed).toEqual([]);
  });
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

  test('turns -0 into 0', () => expect(Object.is(Timestamp.fromMillis(-0), 0)).toBe(true));
});

describe('the fast paths of values', () => {
  // With white space in front, a text does not take the fast path. The white space is then removed.
  const text = fc.oneof(
    fc.string({ unit: 'grapheme-ascii', maxLength: 8 }),
    fc.stringMatching(/^[!-~]{1,8}$/),
    fc.stringMatching(/^[\w.:/-]{1,12}$/),
    fc.string({ unit: 'binary', maxLength: 4 }),
    fc.constantFrom('.', '..', '...', 'a'.repeat(256), 'a'.repeat(257), 'ı', 'ſ', 'K', 'A\u0301'),
  );

  test('ActivityType: the fast path has the same result as the full rules', () => {
    const parse = (raw: unknown): string => ActivityType.parse(raw);
    fc.assert(
      fc.property(text, (raw) => {
        expect(outcome(parse, raw)).toBe(outcome(parse, ` ${raw}`));
      }),
      { numRuns: 2000 },
    );
  });

  test('Timestamp.toISO: repeated moments have the same text as new ones', () => {
    const moment = fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 });
    const moments = fc.array(fc.oneof(moment, fc.constantFrom(0, 1, -1)), { maxLength: 8 });
    fc.assert(
      fc.property(moments, (some) => {
        for (const millis of [...some, ...some].flatMap((each) => [each, each]))
          expect(Timestamp.toISO(Timestamp.fromMillis(millis))).toBe(new Date(millis).toISOString());
      }),
    );
  });
});
