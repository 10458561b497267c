import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32c } from '../src/crc32c.ts';

/** Computes the checksum bit by bit, as the definition says. */
function bitByBit(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ 0x82f6_3b78;
  }
  return ~crc >>> 0;
}

test.each([
  // The check value of the algorithm, and the examples of RFC 3720, section B.4.
  [Buffer.from('123456789'), 0xe306_9283],
  [Buffer.alloc(32), 0x8a91_36aa],
  [Buffer.alloc(32, 0xff), 0x62a8_ab43],
  [Buffer.from(Array.from({ length: 32 }, (_, index) => index)), 0x46dd_794e],
  [Buffer.alloc(0), 0],
])('the checksum of %o is that of the specification', (bytes, checksum) => {
  expect(crc32c(bytes)).toBe(checksum);
});

test('the checksum of any part of any bytes equals the one that is computed bit by bit', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(40), fc.nat(40), (bytes, head, tail) => {
      const end = Math.max(0, bytes.length - tail);
      const start = Math.min(head, end);
      const expected = bitByBit(bytes.subarray(start, end));
      expect(crc32c(bytes, start, end)).toBe(expected);
      // The bytes are a view into a larger buffer.
      expect(crc32c(bytes.subarray(start), 0, end - start)).toBe(expected);
    }),
    { numRuns: 1000 },
  );
});
