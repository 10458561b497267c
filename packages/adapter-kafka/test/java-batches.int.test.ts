import { join } from 'node:path';
import {
  BatchEnd,
  type BatchEntry,
  ByteReader,
  ByteWriter,
  type NewRecord,
  UnreadableBatch,
  writeRecordBatch,
} from '@user-activity/record-batch';
import { runWithKafkaJava } from '@user-activity/test-kit';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readRecordBatches } from '../src/own-reader.ts';

/** A record as Java reads or writes it. */
interface JavaRecord {
  readonly offset: number;
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [name: string, value: Buffer | null])[];
}

const program = join(import.meta.dirname, 'JavaBatches.java');

function writeSized(writer: ByteWriter, bytes: Uint8Array | null): void {
  writer.int32(bytes?.length ?? -1);
  if (bytes !== null) writer.raw(bytes);
}

const int32 = (reader: ByteReader): number => reader.bytes.readInt32BE(reader.skip(4));
const int64 = (reader: ByteReader): number => Number(reader.bytes.readBigInt64BE(reader.skip(8)));

function readSized(reader: ByteReader): Buffer | null {
  const length = int32(reader);
  return length < 0 ? null : reader.bytes.subarray(reader.skip(length), reader.position);
}

/** Lets Kafka's classes check and read batches. */
async function readByJava(batches: readonly Buffer[]): Promise<readonly (readonly JavaRecord[])[]> {
  const input = new ByteWriter(1024);
  for (const batch of batches) writeSized(input, batch);
  const reader = new ByteReader(await runWithKafkaJava(program, ['read'], input.view()));
  const record = (): JavaRecord => ({
    offset: int64(reader),
    timestamp: int64(reader),
    key: readSized(reader),
    value: readSized(reader),
    headers: Array.from(
      { length: int32(reader) },
      () => [String(readSized(reader)), readSized(reader)] as const,
    ),
  });
  return batches.map(() => Array.from({ length: int32(reader) }, record));
}

interface JavaBatch {
  readonly codec: number;
  /** The offsets must have no gaps. */
  readonly records: readonly JavaRecord[];
}

/** Lets Kafka's classes write batches, and with `compact` remove the records without a value, as the cleaner of the log does. */
async function writtenByJava(
  batches: readonly JavaBatch[],
  mode: 'write' | 'compact' = 'write',
): Promise<readonly Buffer[]> {
  const input = new ByteWriter(1024);
  for (const { codec, records } of batches) {
    input.int32(records.length);
    input.int8(codec);
    input.int64(records[0]?.offset ?? 0);
    for (const { timestamp, key, value, headers } of records) {
      input.int64(timestamp);
      writeSized(input, key);
      writeSized(input, value);
      input.int32(headers.length);
      for (const [name, bytes] of headers) {
        writeSized(input, Buffer.from(name));
        writeSized(input, bytes);
      }
    }
  }
  const reader = new ByteReader(await runWithKafkaJava(program, [mode], input.view()));
  return batches.map(() => readSized(reader) ?? Buffer.alloc(0));
}

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ maxLength: 300 }),
  fc.constantFrom('', '__proto__', 'constructor', 'é'.repeat(63), 'x'.repeat(8190), '€'.repeat(3000)),
);
const anyBytes = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));
const anyPart = fc.oneof(anyText, anyBytes, fc.constant(null));
// The largest difference of two timestamps has 52 bits: our reader is exact up to 53.
const anyTimestamp = fc.oneof(
  fc.integer({ min: 1_700_000_000_000, max: 1_700_000_001_000 }),
  fc.integer({ min: 0, max: 2 ** 51 }),
);

const anyNewRecord: fc.Arbitrary<NewRecord> = fc.record({
  key: anyPart,
  value: anyPart,
  headers: fc.dictionary(
    anyText,
    fc.oneof(anyText, anyBytes, fc.array(fc.oneof(anyText, anyBytes), { maxLength: 3 })),
    { maxKeys: 8 },
  ),
  timestamp: anyTimestamp,
});

const bytesOf = (part: string | Uint8Array): Buffer => Buffer.from(part as Uint8Array);
const partOf = (part: string | Uint8Array | null): Buffer | null => (part === null ? null : bytesOf(part));

/** Returns the record that Java must read. */
const asJava = ({ key, value, headers, timestamp }: NewRecord, offset: number): JavaRecord => ({
  offset,
  timestamp,
  key: partOf(key),
  value: partOf(value),
  headers: Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().map((header) => [name, bytesOf(header)] as const),
  ),
});

const anyBatch = fc.array(anyNewRecord, { minLength: 1, maxLength: 12 });

function written(records: readonly NewRecord[]): Buffer {
  const writer = new ByteWriter(0);
  writeRecordBatch(writer, records);
  return writer.view();
}

test('Java reads what we write, and writes the same bytes', async () => {
  const batches = fc.sample(anyBatch, 400);
  const expected = batches.map((records) => records.map(asJava));
  const ours = batches.map(written);
  expect(await readByJava(ours)).toEqual(expected);
  const javas = await writtenByJava(expected.map((records) => ({ codec: 0, records })));
  expect(ours.map((batch) => batch.toString('hex'))).toEqual(javas.map((batch) => batch.toString('hex')));
});

const anyJavaBatch: fc.Arbitrary<JavaBatch> = fc
  .record({
    codec: fc.nat(4),
    firstOffset: fc.nat(2 ** 40),
    records: fc.array(
      fc.record({
        timestamp: anyTimestamp,
        key: fc.option(anyBytes),
        value: fc.option(fc.oneof(anyBytes, fc.constant(Buffer.alloc(3000, 'x')))),
        headers: fc.array(fc.tuple(anyText, fc.option(anyBytes)), { maxLength: 8 }),
      }),
      { minLength: 1, maxLength: 12 },
    ),
  })
  .map(({ codec, firstOffset, records }) => ({
    codec,
    records: records.map((record, delta) => ({ ...record, offset: firstOffset + delta })),
  }));

function grouped(headers: JavaRecord['headers']): Readonly<Record<string, readonly Buffer[]>> {
  const groups = new Map<string, Buffer[]>();
  for (const [name, value] of headers)
    groups.set(name, [...(groups.get(name) ?? []), value ?? Buffer.alloc(0)]);
  return Object.fromEntries(groups);
}

const readEntry = ({ offset, timestamp, key, value, headers }: BatchEntry) => ({
  offset: Number(offset),
  timestamp: Number(timestamp),
  key,
  value,
  headers,
});

test('we read what Java writes, with every codec', async () => {
  const batches = fc.sample(anyJavaBatch, 300);
  for (const [index, bytes] of (await writtenByJava(batches)).entries()) {
    const expected = batches[index]?.records.map((record) => ({
      ...record,
      headers: grouped(record.headers),
    }));
    expect((await readRecordBatches(bytes, {})).map(readEntry)).toEqual(expected);
  }
});

test('we read what the cleaner of the log leaves, up to the last offset of the batch', async () => {
  const batches = fc.sample(anyJavaBatch, 200);
  for (const [index, bytes] of (await writtenByJava(batches, 'compact')).entries()) {
    const entries = await readRecordBatches(bytes, {});
    const { records = [] } = batches[index] ?? {};
    const left = records.filter(({ value }) => value !== null);
    expect(entries.some((entry) => entry instanceof UnreadableBatch)).toBe(false);
    const read = entries.filter((entry) => !(entry instanceof BatchEnd));
    expect(read.map(({ offset }) => Number(offset))).toEqual(left.map(({ offset }) => offset));
    expect(read.map(({ value }) => value)).toEqual(left.map(({ value }) => value));
    expect(Number(entries.at(-1)?.offset)).toBe(records.at(-1)?.offset);
  }
});
