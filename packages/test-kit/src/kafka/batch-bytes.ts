import { crc32c } from '@platformatic/wasm-utils';

/** The parts of a record to write. A missing part is 0, null or empty. */
export interface RecordParts {
  readonly offsetDelta?: number;
  readonly key?: Buffer | null;
  readonly value?: Buffer | null;
  readonly headers?: readonly (readonly [name: string, value: Buffer | null])[];
}

/** The fields of a batch's header. A missing field gets the value of a valid batch. */
export interface BatchParts {
  readonly firstOffset?: number;
  readonly codec?: number;
  readonly magicByte?: number;
  readonly count?: number;
  readonly lastOffsetDelta?: number;
}

/** Encodes a number as in Kafka's records: zigzag, with 7 bits in each byte. */
export function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value < 0 ? -2 * value - 1 : 2 * value;
  for (; left >= 128; left = Math.floor(left / 128)) bytes.push((left % 128) + 128);
  return Buffer.from([...bytes, left]);
}

const lengthPrefixed = (bytes: Buffer | null): Buffer[] =>
  bytes === null ? [varint(-1)] : [varint(bytes.length), bytes];

/** Encodes a record (https://kafka.apache.org/documentation/#record). */
export function recordBytes({
  offsetDelta = 0,
  key = null,
  value = null,
  headers = [],
}: RecordParts): Buffer {
  const parts = [
    Buffer.alloc(1),
    varint(0),
    varint(offsetDelta),
    ...lengthPrefixed(key),
    ...lengthPrefixed(value),
  ];
  const encodedHeaders = headers.flatMap(([name, bytes]) => [
    ...lengthPrefixed(Buffer.from(name)),
    ...lengthPrefixed(bytes),
  ]);
  const body = Buffer.concat([...parts, varint(headers.length), ...encodedHeaders]);
  return Buffer.concat([varint(body.length), body]);
}

/** Encodes a batch with this payload and a correct checksum (https://kafka.apache.org/documentation/#recordbatch). */
export function batchBytes(payload: Buffer, parts: BatchParts = {}): Buffer {
  const { firstOffset = 0, codec = 0, magicByte = 2, count = 1, lastOffsetDelta = count - 1 } = parts;
  const batch = Buffer.concat([Buffer.alloc(61), payload]);
  batch.writeBigInt64BE(BigInt(firstOffset), 0);
  batch.writeInt32BE(batch.length - 12, 8);
  batch.writeInt8(magicByte, 16);
  batch.writeInt16BE(codec, 21);
  batch.writeInt32BE(lastOffsetDelta, 23);
  batch.writeBigInt64BE(1000n, 27);
  batch.writeBigInt64BE(1000n, 35);
  batch.writeBigInt64BE(-1n, 43);
  batch.writeInt16BE(-1, 51);
  batch.writeInt32BE(-1, 53);
  batch.writeInt32BE(count, 57);
  batch.writeUInt32BE(crc32c(batch.subarray(21)), 17);
  return batch;
}

/** Encodes a batch of these records, uncompressed. */
export const batchOf = (records: readonly RecordParts[], parts: BatchParts = {}): Buffer =>
  batchBytes(Buffer.concat(records.map((record, offsetDelta) => recordBytes({ offsetDelta, ...record }))), {
    count: records.length,
    ...parts,
  });
