import { gzipSync, zstdCompressSync } from 'node:zlib';
import { lz4Compress, snappyCompress } from '@user-activity/test-kit';
import { describe, expect, test } from 'vitest';
import { maxBatchBytes, readRecordBatches } from '../src/record-batches/read-record-batches.ts';
import { batchBytes, batchOf, recordBytes } from './batch-bytes.ts';

describe("a broker's answer is read up to a limit", () => {
  const offsets = async (batches: readonly Buffer[], answer: object): Promise<string[]> =>
    (await readRecordBatches(Buffer.concat(batches), answer)).map(({ offset }) => offset);
  const zstd = (bytes: number, firstOffset = 0): Buffer =>
    batchBytes(zstdCompressSync(recordBytes({ value: Buffer.alloc(bytes) })), { firstOffset, codec: 4 });
  const spentAnswer = async (): Promise<object> => {
    const answer = {};
    await readRecordBatches(
      Buffer.concat([zstd(maxBatchBytes - 1000), zstd(maxBatchBytes - 1000, 1)]),
      answer,
    );
    return answer;
  };

  test('and the rest of the partition is fetched again', async () => {
    const large = 40_000_000;
    const batches = [zstd(large, 0), zstd(large, 1), batchOf([{}], { firstOffset: 2 })];
    expect(await offsets(batches, {})).toEqual(['0', '1']);
    expect(await offsets(batches.slice(2), {})).toEqual(['2']);
  });

  test('even if batches decompress to too much: one of 100 bombs is read at a time', async () => {
    const bomb = zstdCompressSync(Buffer.alloc(maxBatchBytes + 1_000_000));
    const bombs = Array.from({ length: 100 }, (_, firstOffset) =>
      batchBytes(bomb, { firstOffset, codec: 4 }),
    );
    expect(await offsets(bombs, {})).toEqual(['0']);
    expect(await offsets(bombs.slice(1), {})).toEqual(['1']);
  });

  test('even if batches are small: at most 4,096 of 5,000 compressed batches are read', async () => {
    const batches = Array.from({ length: 5000 }, (_, firstOffset) => zstd(0, firstOffset));
    const { length } = await offsets(batches, {});
    expect(length).toBeGreaterThan(3000);
    expect(length).toBeLessThan(4097);
  });

  test('and each other partition may still cost up to 4 MiB', async () => {
    const answer = await spentAnswer();
    expect(await offsets([batchOf([{}])], answer)).toEqual(['0']);
    expect(await offsets([zstd(3_000_000), zstd(3_000_000, 1)], answer)).toEqual(['0']);
    for (const [codec, compress] of [
      [1, gzipSync],
      [2, snappyCompress],
      [3, lz4Compress],
      [4, zstdCompressSync],
    ] as const) {
      const large = compress(recordBytes({ value: Buffer.alloc(5_000_000) }));
      expect(await offsets([batchBytes(large, { codec })], answer)).toEqual([]);
      expect(await offsets([batchBytes(large, { codec })], {})).toEqual(['0']);
    }
  });

  test('and then a batch of many records waits for the next answer', async () => {
    const answer = await spentAnswer();
    const many = batchOf(Array.from({ length: 20_000 }, () => ({})));
    expect(await offsets([many], answer)).toEqual([]);
    expect(await offsets([many], {})).toHaveLength(20_000);
  });
});
