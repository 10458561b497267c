import { isUtf8 } from 'node:buffer';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { utf8OfCalls } from '../../src/segment/utf8-of-calls.ts';

const read = (bytes: Uint8Array): string =>
  String(
    JSON.parse(utf8OfCalls(undefined, Buffer.concat([Buffer.from('"'), bytes, Buffer.from('"')])).toString()),
  );

/** Generates a byte that may be in a JSON string. */
const byte = fc.oneof(
  fc.integer({ min: 0x80, max: 0xff }),
  fc.constantFrom(0x61, 0xe2, 0x82, 0xac, 0xed, 0xf0, 0xf4),
);
const bytes = fc.array(byte, { maxLength: 12 }).map((list) => Buffer.from(list));

test('UTF-8 stays unchanged, and other bytes become what the decoder of Node returns', () => {
  fc.assert(
    fc.property(bytes, (body) => {
      const text = read(body);
      expect(text.isWellFormed()).toBe(isUtf8(body));
      // Node may replace several bytes by one character.
      expect(text.toWellFormed().replaceAll(/\ufffd+/g, '?')).toBe(
        body.toString().replaceAll(/\ufffd+/g, '?'),
      );
    }),
    { numRuns: 5000 },
  );
});

test('different texts stay different', () => {
  fc.assert(
    fc.property(bytes, bytes, (one, other) => {
      expect(read(one) === read(other)).toBe(one.equals(other));
    }),
    { numRuns: 5000 },
  );
});

test.each([
  [[0xc0, 0x80], '\udcc0\udc80'],
  [[0xed, 0xa0, 0x80], '\udced\udca0\udc80'],
  [[0xf4, 0x90, 0x80, 0x80], '\udcf4\udc90\udc80\udc80'],
  [[0xf0, 0x9f, 0x98], '\udcf0\udc9f\udc98'],
  [[0xf0, 0x9f, 0x98, 0x80], '\u{1f600}'],
  [[0xe0, 0x9f, 0xbf], '\udce0\udc9f\udcbf'],
])('%j', (list, text) => {
  expect(read(Uint8Array.from(list))).toBe(text);
});
