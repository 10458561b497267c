import { expect, test } from 'vitest';
import { GrowingBuffer } from '../src/bodies/growing-buffer.ts';

const mebibyte = 1024 * 1024;

test('pieces are joined in their order, and none of them is changed', () => {
  const pieces = ['a', 'bc', 'd'.repeat(20_000), 'e'].map((text) => Buffer.from(text));
  const bytes = new GrowingBuffer();
  for (const piece of pieces) bytes.append(piece);
  expect(bytes.take().equals(Buffer.concat(pieces))).toBe(true);
  expect(pieces.map((piece) => piece.toString()[0])).toEqual(['a', 'b', 'd', 'e']);
  expect(bytes.length).toBe(0);
});

test('memory that has become too small is freed at once', () => {
  const piece = Buffer.alloc(mebibyte, 'x');
  const bytes = new GrowingBuffer();
  const before = process.memoryUsage().arrayBuffers;
  for (let count = 0; count < 64; count += 1) bytes.append(piece);
  // The last growth doubled 32 MiB.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(66 * mebibyte);
  expect(bytes.take().length).toBe(64 * mebibyte);
});
