import { gzipSync, zstdCompressSync } from 'node:zlib';
import { maxBatchBytes } from '@user-activity/record-batch';
import { batchBytes, batchOf, lz4Compress, recordBytes, snappyCompress } from '@user-activity/test-kit';
import { describe, expect, test } from 'vitest';
import { readRecordBatches } from '../src/own-reader.ts';

describe("the cost limit for a broker's response", () => {
  const offsets = async (batches: readonly Buffer[], response: object): Promise<string[]> =>
    (await readRecordBatches(Buffer.concat(batches), response)).map(({ offset }) => offset);
  const zstd = (bytes: number, firstOffset = 0): Buffer =>
    batchBytes(zstdCompressSync(recordBytes({ value: Buffer.alloc(bytes) })), { firstOffset, codec: 4 });
  const almostTooLarge = zstdCompressSync(recordBytes({ value: Buffer.alloc(maxBatchBytes - 1000) }));
  const usedUpResponse = async (): Promise<object> => {
    const response = {};
    const batches = [0, 1].map((firstOffset) => batchBytes(almostTooLarge, { firstOffset, codec: 4 }));
    await readRecordBatches(Buffer.concat(batches), response);
    return response;
  };

  test('leaves further batches of a partition to the next response', async () => {
    const large = 40_000_000;
    const batches = [zstd(large, 0), zstd(large, 1), batchOf([{}], { firstOffset: 2 })];
    expect(await offsets(batches, {})).toEqual(['0', '1']);
    expect(await offsets(batches.slice(2), {})).toEqual(['2']);
  });

  test('counts batches that decompress to too many bytes: one of 100 is read from each response', async () => {
    const bomb = zstdCompressSync(Buffer.alloc(maxBatchBytes + 1_000_000));
    const bombs = Array.from({ length: 100 }, (_, firstOffset) =>
      batchBytes(bomb, { firstOffset, codec: 4 }),
    );
    expect(await offsets(bombs, {})).toEqual(['0']);
    expect(await offsets(bombs.slice(1), {})).toEqual(['1']);
  });

  test('counts each compressed batch as 16 KiB at least: at most 4,096 of 5,000 small batches are read', async () => {
    const small = zstdCompressSync(recordBytes({ value: Buffer.alloc(0) }));
    const batches = Array.from({ length: 5000 }, (_, firstOffset) =>
      batchBytes(small, { firstOffset, codec: 4 }),
    );
    const { length } = await offsets(batches, {});
    expect(length).toBeGreaterThan(3000);
    expect(length).toBeLessThan(4097);
  });

  test('allows 4 MiB of each further partition once it is reached', async () => {
    const response = await usedUpResponse();
    expect(await offsets([batchOf([{}])], response)).toEqual(['0']);
    expect(await offsets([zstd(3_000_000), zstd(3_000_000, 1)], response)).toEqual(['0']);
    for (const [codec, compress] of [
      [1, gzipSync],
      [2, snappyCompress],
      [3, lz4Compress],
      [4, zstdCompressSync],
    ] as const) {
      const large = compress(recordBytes({ value: Buffer.alloc(5_000_000) }));
      expect(await offsets([batchBytes(large, { codec })], response)).toEqual([]);
      expect(await offsets([batchBytes(large, { codec })], {})).toEqual(['0']);
    }
  });

  test('leaves a batch of many records to the next response once it is reached', async () => {
    const response = await usedUpResponse();
    const many = batchOf(Array.from({ length: 20_000 }, () => ({})));
    expect(await offsets([many], response)).toEqual([]);
    expect(await offsets([many], {})).toHaveLength(20_000);
  });
});
