import { randomBytes } from 'node:crypto';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import {
  BatchEnd,
  BatchRecord,
  maxBatchBytes,
  maxBatchRecords,
  maxHeaders,
  UnreadableBatch,
} from '@user-activity/record-batch';
import {
  batchBytes,
  batchOf,
  lz4Compress,
  recordBytes,
  snappyCompress,
  varint,
} from '@user-activity/test-kit';
import { encodedHeadersHeader, unreadableBatchHeader } from '@user-activity/topic-contract';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kafkaRecord } from '../src/kafka-record.ts';
import { readRecordBatches } from '../src/own-reader.ts';

const text = (value: string): Buffer => Buffer.from(value);

const records = [
  { key: text('k'), value: text('one'), headers: [['h', text('a')] as const] },
  { key: null, value: null },
  { value: text('three') },
];
const payload = Buffer.concat(records.map((record, offsetDelta) => recordBytes({ offsetDelta, ...record })));

/** Puts blocks into the frame of xerial's library, each with its length. */
const xerialFrame = (blocks: readonly Buffer[]): Buffer =>
  Buffer.concat([
    Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]),
    ...blocks.flatMap((block) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(block.length);
      return [length, block];
    }),
  ]);

const compressed: readonly (readonly [name: string, codec: number, compress: (bytes: Buffer) => Buffer])[] = [
  ['none', 0, (bytes) => bytes],
  ['gzip', 1, (bytes) => gzipSync(bytes)],
  ['bare snappy', 2, snappyCompress],
  [
    'framed snappy',
    2,
    (bytes) => xerialFrame([snappyCompress(bytes.subarray(0, 9)), snappyCompress(bytes.subarray(9))]),
  ],
  ['lz4', 3, lz4Compress],
  ['zstd', 4, (bytes) => zstdCompressSync(bytes)],
];

/** Returns the only record of a batch. */
async function onlyOf(batch: Buffer): Promise<BatchRecord | UnreadableBatch> {
  const [only, ...others] = await readRecordBatches(batch, {});
  if (only === undefined || only instanceof BatchEnd || others.length > 0)
    throw new Error(`${others.length} others were read.`);
  return only;
}

/** Returns why a batch with the offsets 5 to 7 can't be read. */
async function reasonOf(batch: Buffer): Promise<string> {
  const read = await onlyOf(batch);
  if (!(read instanceof UnreadableBatch)) throw new Error('The batch is readable.');
  expect(read).toMatchObject({ firstOffset: 5, offset: '7', value: batch });
  return read.reason.replace("the batch at offsets 5 to 7 can't be read: ", '');
}

const badBatch = (bytes: Buffer, codec = 0): Buffer => batchBytes(bytes, { firstOffset: 5, count: 3, codec });

describe('the reader', () => {
  test.each(compressed)('reads batches with compression: %s', async (_name, codec, compress) => {
    const batch = batchBytes(compress(payload), { firstOffset: 5, count: 3, codec });
    const read = await readRecordBatches(Buffer.concat([batch, batchOf([{}], { firstOffset: 9 })]), {});
    expect(read.map(({ offset }) => offset)).toEqual(['5', '6', '7', '9']);
    expect(read.map(({ value }) => value?.toString())).toEqual(['one', undefined, 'three', undefined]);
    expect(read.map(({ key }) => key?.toString())).toEqual(['k', undefined, undefined, undefined]);
    expect(read.map(({ headers }) => headers)).toEqual([{ h: [text('a')] }, {}, {}, {}]);
    expect(read.map(({ timestamp }) => timestamp)).toEqual(['1000', '1000', '1000', '1000']);
  });

  test('leaves a batch that is cut off to the next response', async () => {
    const batch = batchBytes(payload, { count: 3 });
    for (const length of [0, 8, 60, 61, batch.length - 1])
      expect(await readRecordBatches(batch.subarray(0, length), {})).toEqual([]);
  });

  test('adds a control record at the last offset of a batch whose last records were removed', async () => {
    const entriesOf = async (bytes: Buffer, count: number) =>
      (await readRecordBatches(batchBytes(bytes, { firstOffset: 5, count, lastOffsetDelta: 9 }), {})).map(
        ({ offset, isControlRecord }) => ({ offset, isControlRecord }),
      );
    const end = { offset: '14', isControlRecord: true };
    expect(await entriesOf(Buffer.alloc(0), 0)).toEqual([end]);
    expect(await entriesOf(recordBytes({ offsetDelta: 8 }), 1)).toEqual([
      { offset: '13', isControlRecord: false },
      end,
    ]);
    expect(await entriesOf(recordBytes({ offsetDelta: 9 }), 1)).toEqual([
      { offset: '14', isControlRecord: false },
    ]);
  });

  test('reads headers with any names, and a null value as an empty value', async () => {
    const names = ['constructor', '__proto__', 'toString', '', 'é', 'twice', 'twice'];
    const headers = names.map((name, index) => [name, index === 0 ? null : text(String(index))] as const);
    const read = await onlyOf(batchOf([{ headers }]));
    expect(Object.entries(read.headers)).toEqual([
      ['constructor', [Buffer.alloc(0)]],
      ['__proto__', [text('1')]],
      ['toString', [text('2')]],
      ['', [text('3')]],
      ['é', [text('4')]],
      ['twice', [text('5'), text('6')]],
    ]);
  });

  test('reads 20,000 headers with different names, and 20,000 with the same name', async () => {
    const different = Array.from({ length: 20_000 }, (_, index) => [`h${index}`, text('v')] as const);
    const read = await onlyOf(batchOf([{ headers: different }]));
    expect(Object.entries(read.headers)).toEqual(different.map(([name, value]) => [name, [value]]));
    const same = Array.from({ length: 20_000 }, (_, index) => ['h', text(String(index))] as const);
    const { headers } = await onlyOf(batchOf([{ headers: same }]));
    expect(headers).toEqual({ h: same.map(([, value]) => value) });
  });

  test('leaves too many headers of a record encoded, and reads the other records', async () => {
    const headers = Array.from({ length: maxHeaders + 1 }, () => ['', null] as const);
    const [many, next] = await readRecordBatches(
      batchOf([{ key: text('k'), value: text('v'), headers }, {}]),
      {},
    );
    expect(next?.offset).toBe('1');
    if (!(many instanceof BatchRecord)) throw new Error('It was not read.');
    const encoded = Buffer.concat([
      varint(headers.length),
      ...headers.flatMap(() => [varint(0), varint(-1)]),
    ]);
    const record = kafkaRecord('topic', 0, many);
    expect(record.raw()).toEqual({
      key: text('k'),
      value: text('v'),
      headers: { [encodedHeadersHeader]: [encoded] },
    });
    expect(record.content).toEqual({
      name: 'Unreadable',
      project: '_system',
      reason: 'it has 32769 headers; the limit is 32768',
    });
  });
});

describe('an unreadable batch', () => {
  test('becomes an unreadable record at its first offset, with the bytes of the batch', async () => {
    const batch = badBatch(payload, 5);
    const record = kafkaRecord('topic', 2, await onlyOf(batch));
    expect(record).toMatchObject({
      origin: { topic: 'topic', partition: 2, offset: 5 },
      content: {
        name: 'Unreadable',
        reason: "the batch at offsets 5 to 7 can't be read: codec 5 is unknown",
      },
    });
    expect(record.raw()).toEqual({
      key: null,
      value: batch,
      headers: { [unreadableBatchHeader]: [text('5-7')] },
    });
  });

  test('does not block later batches', async () => {
    const read = await readRecordBatches(
      Buffer.concat([badBatch(payload, 7), batchOf([{ value: text('next') }], { firstOffset: 8 })]),
      {},
    );
    expect(read.map(({ offset }) => offset)).toEqual(['7', '8']);
  });

  test.each([1, 2, 3, 4])("has bytes that its codec %i can't decompress", async (codec) => {
    expect(await reasonOf(badBatch(Buffer.alloc(64, 7), codec))).toMatch(
      /can't decompress it|it is no LZ4 frame|it refers to bytes before its beginning/,
    );
  });

  test.each(compressed.slice(1))('is cut off: %s', async (_name, codec, compress) => {
    const whole = compress(randomBytes(5000));
    expect(await reasonOf(badBatch(whole.subarray(0, 3000), codec))).not.toBe('');
  });

  test.each(compressed.slice(1))(
    'decompresses to more bytes than the limit: %s',
    async (_name, codec, compress) => {
      const bomb = compress(Buffer.alloc(maxBatchBytes + 1_000_000));
      expect(await reasonOf(badBatch(bomb, codec))).toBe(
        `the batch decompresses to more than ${maxBatchBytes} bytes`,
      );
    },
  );

  test.each(compressed)(
    'is fetched again three times if its checksum is wrong: %s',
    async (_name, codec, compress) => {
      const batch = badBatch(compress(payload), codec);
      batch.writeUInt32BE(1, 17);
      for (let reading = 1; reading <= 3; reading += 1)
        expect(await readRecordBatches(batch, {})).toEqual([]);
      expect(await reasonOf(batch)).toBe('the checksum is wrong');
    },
  );

  test('is fetched again for ever if its header is damaged too, because its last offset is unknown', async () => {
    const batch = badBatch(gzipSync(payload), 1);
    batch.writeInt32BE(2_000_000_000, 23);
    for (let reading = 1; reading <= 3; reading += 1) expect(await readRecordBatches(batch, {})).toEqual([]);
    await expect(readRecordBatches(batch, {})).rejects.toThrow('The batch at offset 5 is damaged');
  });

  test('becomes one record for each entry if its format has no headers', async () => {
    const entry = batchBytes(payload, { firstOffset: 5, magicByte: 1 });
    entry.writeInt32BE(2_000_000_000, 23);
    const short = Buffer.from(entry.subarray(0, 34));
    short.writeBigInt64BE(6n, 0);
    short.writeInt32BE(short.length - 12, 8);
    const read = await readRecordBatches(
      Buffer.concat([entry, short, batchOf([{}], { firstOffset: 7 })]),
      {},
    );
    expect(read.map(({ offset }) => offset)).toEqual(['5', '6', '7']);
    expect(read[1]).toMatchObject({
      reason: "the batch at offsets 6 to 6 can't be read: format 1 is unknown",
    });
  });

  const header = (size: number): Buffer => Buffer.concat([varint(size), Buffer.from([0, 0])]);
  const record = recordBytes({});
  test.each([
    ['is longer than its records', Buffer.concat([payload, Buffer.from([1])])],
    ['has fewer records than its header states', payload.subarray(0, recordBytes({ ...records[0] }).length)],
    ['has a record that ends after the batch', header(1_000_000)],
    ['has a record that is shorter than its parts', Buffer.concat([header(3), Buffer.from([0]), payload])],
    ['has a number that does not end', Buffer.alloc(20, 0xff)],
    ['repeats an offset', Buffer.concat([record, record, record])],
    [
      'has an offset after its last offset',
      Buffer.concat([payload.subarray(0, 0), recordBytes({ offsetDelta: 3 })]),
    ],
    ['has an offset before its first offset', recordBytes({ offsetDelta: -1 })],
    ['has a length below -1', Buffer.concat([varint(7), Buffer.from([0, 0, 0, 3, 1, 0, 0])])],
  ])('%s', async (_name, bytes) => {
    expect(await reasonOf(badBatch(bytes))).not.toBe('');
  });

  test.each([
    [
      `the batch has 200001 records; the limit is ${maxBatchRecords}`,
      { count: maxBatchRecords + 1, lastOffsetDelta: 2 },
    ],
    ['the number of records is negative', { count: -1, lastOffsetDelta: 2 }],
  ])('has the reason: %s', async (reason, parts) => {
    expect(await reasonOf(batchBytes(payload, { firstOffset: 5, ...parts }))).toBe(reason);
  });

  test('with any bytes does not change the offset at which the consumer continues', async () => {
    const anyPayload = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc
        .tuple(fc.nat(payload.length - 1), fc.nat(255))
        .map(([place, byte]) => Uint8Array.from(payload, (old, index) => (index === place ? byte : old))),
    );
    await fc.assert(
      fc.asyncProperty(anyPayload, fc.nat(7), fc.nat(5), async (bytes, codec, count) => {
        const batch = batchBytes(Buffer.from(bytes), { firstOffset: 10, codec, count, lastOffsetDelta: 4 });
        const read = await readRecordBatches(batch, {});
        const offsets = read.map(({ offset }) => Number(offset));
        expect(offsets.every((offset, index) => offset >= 10 + index && offset <= 14)).toBe(true);
        expect(offsets.at(-1)).toBe(14);
        const converted = read.flatMap((entry) =>
          entry instanceof BatchEnd ? [] : [kafkaRecord('topic', 0, entry)],
        );
        for (const delivered of converted) expect(delivered.raw().value?.length).not.toBe(-1);
      }),
      { numRuns: 2000 },
    );
  });
});
