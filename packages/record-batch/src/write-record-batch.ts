import {
  checkedStart,
  checksumStart,
  lengthEnd,
  lengthStart,
  maxTimestampStart,
  readableFormat,
} from './batch-header.ts';
import type { ByteWriter } from './byte-writer.ts';
import { crc32c } from './crc32c.ts';
import { maxBatchBytes, maxBatchRecords } from './limits.ts';

type Bytes = string | Uint8Array;

/** A record to write to a batch. Text is written as UTF-8. */
export interface NewRecord {
  readonly key: Bytes | null;
  readonly value: Bytes | null;
  /** The values by name. Several values of a name become several headers. */
  readonly headers: Readonly<Record<string, Bytes | readonly Bytes[]>>;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
}

// The value of the fields that only an idempotent producer or a broker sets.
const none = -1;

/**
 * Writes a batch of format 2, neither compressed nor in a transaction: https://kafka.apache.org/documentation/#recordbatch. Throws
 * RangeError if there are no records, or if they exceed the limits of BatchReader.
 */
export function writeRecordBatch(writer: ByteWriter, records: readonly NewRecord[]): void {
  const [first] = records;
  const count = records.length;
  if (first === undefined || count > maxBatchRecords)
    throw new RangeError(`a batch must have 1 to ${maxBatchRecords} records, and has ${count}`);
  const start = writer.position;
  writeBatchHeader(writer, count, first.timestamp);
  let maxTimestamp = first.timestamp;
  let offsetDelta = 0;
  for (const record of records) {
    writeRecord(writer, record, record.timestamp - first.timestamp, offsetDelta);
    if (record.timestamp > maxTimestamp) maxTimestamp = record.timestamp;
    offsetDelta += 1;
  }
  const size = writer.position - start;
  if (size > maxBatchBytes)
    throw new RangeError(`a batch must have at most ${maxBatchBytes} bytes, and has ${size}`);
  writer.setInt32(start + lengthStart, size - lengthEnd);
  writer.setInt64(start + maxTimestampStart, maxTimestamp);
  writer.setUint32(start + checksumStart, crc32c(writer.view(start), checkedStart));
}

function writeBatchHeader(writer: ByteWriter, count: number, firstTimestamp: number): void {
  // The first offset, which the broker replaces, and the length of the batch, which is set later.
  writer.int64(0);
  writer.int32(0);
  // The epoch of the leader, the format, and the checksum, which is set later.
  writer.int32(none);
  writer.int8(readableFormat);
  writer.int32(0);
  // The attributes: the batch is neither compressed nor in a transaction, and each record has its own timestamp.
  writer.int16(0);
  writer.int32(count - 1);
  writer.int64(firstTimestamp);
  // The largest timestamp, which is set later.
  writer.int64(0);
  // The id and the epoch of an idempotent producer, and the sequence number of the first record.
  writer.int64(none);
  writer.int16(none);
  writer.int32(none);
  writer.int32(count);
}

function writeRecord(
  writer: ByteWriter,
  { key, value, headers }: NewRecord,
  timestampDelta: number,
  offsetDelta: number,
): void {
  const start = writer.beginPart();
  // The attributes of a record, which Kafka does not use.
  writer.int8(0);
  writer.varlong(timestampDelta);
  writer.varint(offsetDelta);
  writer.sized(key);
  writer.sized(value);
  const names = Object.keys(headers);
  let count = 0;
  for (const name of names) count += isList(headers[name]) ? headers[name].length : 1;
  writer.varint(count);
  for (const name of names) {
    const values = headers[name] ?? null;
    if (isList(values)) for (const each of values) writeHeader(writer, name, each);
    else writeHeader(writer, name, values);
  }
  writer.endPart(start);
}

function writeHeader(writer: ByteWriter, name: string, value: Bytes | null): void {
  writer.sized(name);
  writer.sized(value);
}

const isList = (values: Bytes | readonly Bytes[] | null | undefined): values is readonly Bytes[] =>
  Array.isArray(values);
