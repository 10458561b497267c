import { lz4Compress, snappyCompress } from '@user-activity/test-kit';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TooManyBytes, UnreadableBytes } from '@user-activity/record-batch';
import { decompressLz4 } from '../src/compression/lz4-frame.ts';
import { decompressSnappy } from '../src/compression/snappy.ts';

const maxBytes = 64 * 1024 * 1024;

const codecs = [
  { name: 'lz4', compress: lz4Compress, decompress: decompressLz4 },
  { name: 'snappy', compress: snappyCompress, decompress: decompressSnappy },
];

/** Pieces that are repeated up to 30 times. */
const anyBytes = fc
  .array(fc.tuple(fc.uint8Array({ maxLength: 40 }), fc.nat(30)), { maxLength: 30 })
  .map((pieces) =>
    Buffer.concat(pieces.flatMap(([piece, times]) => Array.from({ length: times }, () => piece))),
  );

describe.each(codecs)('$name', ({ compress, decompress }) => {
  test('decompresses the output of another implementation', async () => {
    await fc.assert(
      fc.asyncProperty(anyBytes, async (bytes) => {
        expect((await decompress(compress(bytes), maxBytes)).equals(bytes)).toBe(true);
      }),
      { numRuns: 500 },
    );
    for (const size of [0, 1, 65_535, 65_536, 65_537, 9_000_000]) {
      const bytes = Buffer.alloc(size, 'all work and no play');
      for (let at = 0; at < size; at += 1009) bytes[at] = at % 251;
      expect((await decompress(compress(bytes), maxBytes)).equals(bytes)).toBe(true);
    }
  });

  test('refuses damaged bytes, and never exceeds the size limit', async () => {
    const outcomeOf = async (bytes: Buffer): Promise<unknown> =>
      decompress(bytes, 5000).catch((error: unknown) => error);
    const isExpected = (outcome: unknown): boolean =>
      outcome instanceof UnreadableBytes || (Buffer.isBuffer(outcome) && outcome.length <= 5000);
    await fc.assert(
      fc.asyncProperty(anyBytes, fc.nat(), fc.nat(255), fc.nat(), async (bytes, place, byte, cut) => {
        const changed = Buffer.from(compress(bytes));
        changed[place % changed.length] = byte;
        expect(isExpected(await outcomeOf(changed))).toBe(true);
        expect(isExpected(await outcomeOf(changed.subarray(0, cut % changed.length)))).toBe(true);
      }),
      { numRuns: 1000 },
    );
    await expect(decompress(compress(Buffer.alloc(5001)), 5000)).rejects.toThrow(TooManyBytes);
    expect(await decompress(compress(Buffer.alloc(5000)), 5000)).toHaveLength(5000);
  });

  test('lets the event loop turn while it decompresses', async () => {
    const bomb = compress(Buffer.alloc(20_000_000));
    let turns = 0;
    let done = false;
    const count = (): void => {
      turns += 1;
      if (!done) setImmediate(count);
    };
    setImmediate(count);
    await decompress(bomb, maxBytes);
    done = true;
    expect(turns).toBeGreaterThan(3);
  });
});

/** Returns a frame of version 1 with these flags. The checksum of its header is not checked. */
const frameOf = (flags: number, ...parts: readonly (readonly number[])[]): Buffer =>
  Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x40 | flags, 0x40, 0, ...parts.flat()]);
const storedA = [1, 0, 0, 0x80, 0x41];
const end = [0, 0, 0, 0];

test.each([
  ['a wrong checksum of its content', frameOf(0x24, storedA, end, [1, 2, 3, 4]), 'A'],
  ['a wrong checksum of a block', frameOf(0x30, storedA, [1, 2, 3, 4], storedA, [1, 2, 3, 4], end), 'AA'],
  ['the size of its content', frameOf(0x28, [], storedA, end), undefined],
  [
    'a block that repeats the block before it',
    frameOf(0, storedA, [4, 0, 0, 0, 0x02, 1, 0, 0x00], end),
    'AAAAAAA',
  ],
])('an LZ4 frame with %s is read', async (_name, frame, content) => {
  const whole =
    content === undefined
      ? Buffer.concat([frame.subarray(0, 7), Buffer.alloc(8, 1), frame.subarray(7)])
      : frame;
  expect((await decompressLz4(whole, maxBytes)).toString()).toBe(content ?? 'A');
});

test('frames that are damaged at their end leave enough memory for the next one', async () => {
  const damaged = lz4Compress(Buffer.alloc(60_000_000)).subarray(0, -5);
  for (let count = 0; count < 10; count += 1)
    await expect(decompressLz4(damaged, maxBytes)).rejects.toThrow(UnreadableBytes);
  expect((await decompressLz4(lz4Compress(Buffer.from('good')), maxBytes)).toString()).toBe('good');
});
