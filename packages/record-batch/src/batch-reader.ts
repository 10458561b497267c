import { setImmediate as nextTurn } from 'node:timers/promises';
import { BatchEnd } from './batch-end.ts';
import {
  BatchHeader,
  checkedStart,
  checksumStart,
  headerBytes,
  lengthEnd,
  lengthStart,
  minBatchBytes,
  readableFormat,
} from './batch-header.ts';
import { BatchRecord } from './batch-record.ts';
import { ByteReader, TooManyBytes, UnreadableBytes } from './byte-reader.ts';
import type { Codec, Codecs } from './codec.ts';
import { crc32c } from './crc32c.ts';
import { FaultCounts } from './fault-counts.ts';
import { maxBatchBytes, maxBatchRecords } from './limits.ts';
import { UnreadableBatch } from './unreadable-batch.ts';

// The cost of something is the number of bytes that take the same time to read. A response is read up to `maxResponseCost`. After that, each
// further partition of the response is read up to `maxExtraCost`, so that the large batches of one partition do not block the others. What
// was not read is fetched again.
const maxResponseCost = maxBatchBytes;
const maxExtraCost = 4 * 1024 * 1024;
const recordCost = 300;
// Decompression takes at least 0.1 ms.
const decompressionCost = 16 * 1024;
const bytesPerTurn = 1024 * 1024;
// A batch may be damaged in transit and intact on the broker, so a damaged batch is fetched again up to this many times.
const maxRepetitions = 3;

/** An entry of a batch, with the fields that KafkaJS expects. */
export type BatchEntry = BatchRecord | UnreadableBatch | BatchEnd;

/** Reads the batches in the responses of brokers, within limits. */
export class BatchReader {
  readonly #codecs: Codecs;
  readonly #faults: FaultCounts = new FaultCounts();
  /** For each response, the cost of what was read of it so far. */
  readonly #costs: WeakMap<object, number> = new WeakMap();

  constructor(codecs: Codecs) {
    this.#codecs = codecs;
  }

  /**
   * Reads the batches of one partition from `bytes`, which are part of a broker's response for several partitions. Ignores a batch that is cut
   * off at the end. An unreadable batch becomes one UnreadableBatch, so that it does not block later batches. If its checksum or its format is
   * wrong, it may have been damaged in transit only. So this method stops before it three times, and makes an UnreadableBatch the fourth
   * time. It also stops after a batch with a wrong checksum, and when the response has reached its cost limit. Whenever it stops early, the
   * caller must fetch the rest again.
   */
  async read(bytes: Buffer, response: object): Promise<readonly BatchEntry[]> {
    const entries: BatchEntry[] = [];
    let ownCost = 0;
    for (let start = 0; start + minBatchBytes <= bytes.length; ) {
      const end = start + lengthEnd + bytes.readInt32BE(start + lengthStart);
      if (end < start + minBatchBytes || end > bytes.length) break;
      const cost = this.#costs.get(response) ?? 0;
      const maxCost = cost < maxResponseCost ? maxBatchBytes : maxExtraCost - ownCost;
      const read = maxCost > 0 ? await this.#readBatch(bytes.subarray(start, end), maxCost) : undefined;
      if (read === undefined) break;
      for (const entry of read.entries) entries.push(entry);
      ownCost += read.cost;
      this.#costs.set(response, cost + read.cost);
      if (!read.isEndKnown) break;
      start = end;
    }
    return entries;
  }

  /** Returns undefined if the batch must be fetched again: it is damaged, or it costs more than `maxCost`. */
  async #readBatch(batch: Buffer, maxCost: number) {
    const header = new BatchHeader(batch);
    let cost = batch.length + recordCost;
    const damage = damageOf(header, batch);
    if (damage !== undefined && this.#faults.add(batch) <= maxRepetitions) return undefined;
    try {
      if (damage !== undefined) throw new UnreadableBytes(damage);
      this.#faults.forget(batch);
      if (header.magicByte !== readableFormat) throw new UnreadableBytes(formatFault(header));
      const codec = this.#codecOf(header);
      assertCountAllowed(header);
      const overhead = header.count * recordCost + (codec === undefined ? 0 : decompressionCost);
      if (overhead > maxCost) return undefined;
      // If decompression fails, it may have produced up to `maxCost` bytes before, even from a small batch.
      if (codec !== undefined) cost = maxCost;
      const records = batch.subarray(headerBytes);
      const payload = codec === undefined ? records : await codec.decompress(records, maxCost);
      const entries: BatchEntry[] = await readRecords(payload, header);
      if (entries.at(-1)?.offset !== String(header.lastOffset)) entries.push(new BatchEnd(header));
      return { entries, cost: overhead + payload.length, isEndKnown: true };
    } catch (error) {
      if (!(error instanceof UnreadableBytes)) throw error;
      if (error instanceof TooManyBytes && maxCost < maxBatchBytes) return undefined;
      if (damage !== undefined) assertLastOffsetKnown(header);
      // If the checksum is wrong, the length may be wrong too. If the format cannot be read, the last offset is unknown. Then the length is
      // trusted, because only the offset of a later batch lets a consumer get past this one.
      const isEndKnown = damage === undefined || header.magicByte !== readableFormat;
      return { entries: [new UnreadableBatch(header, batch, error.message)], cost, isEndKnown };
    }
  }

  /** Returns the codec of a batch, or undefined if the batch is not compressed. Throws UnreadableBytes if the codec is unknown. */
  #codecOf({ codec: number }: BatchHeader): Codec | undefined {
    const codec = this.#codecs.get(number);
    if (codec === undefined && number !== 0) throw new UnreadableBytes(`codec ${number} is unknown`);
    return codec;
  }
}

const formatFault = ({ magicByte }: BatchHeader): string => `format ${magicByte} is unknown`;

/**
 * Returns why a batch is damaged, or undefined if it is not. The checksums of formats 0 and 1 are not checked, because their records are not
 * read. Checking takes 0.2 µs for each record of 400 bytes.
 */
function damageOf(header: BatchHeader, batch: Buffer): string | undefined {
  const { magicByte } = header;
  if (magicByte < 0 || magicByte > readableFormat) return formatFault(header);
  if (magicByte < readableFormat) return undefined;
  const isWhole =
    batch.length >= headerBytes && crc32c(batch, checkedStart) === batch.readUInt32BE(checksumStart);
  return isWhole ? undefined : 'the checksum is wrong';
}

function assertCountAllowed({ count }: BatchHeader): void {
  if (count < 0) throw new UnreadableBytes('the number of records is negative');
  if (count > maxBatchRecords)
    throw new UnreadableBytes(`the batch has ${count} records; the limit is ${maxBatchRecords}`);
}

/** Throws if the last offset of a damaged batch is unknown. The batch is then fetched again, because a wrong offset could skip records. */
function assertLastOffsetKnown({ magicByte, count, lastOffsetDelta, firstOffset }: BatchHeader): void {
  if (magicByte === readableFormat && lastOffsetDelta !== count - 1)
    throw new Error(`The batch at offset ${firstOffset} is damaged, and its last offset is unknown.`);
}

async function readRecords(payload: Buffer, header: BatchHeader): Promise<BatchRecord[]> {
  const reader = new ByteReader(payload);
  const records: BatchRecord[] = [];
  let minOffsetDelta = 0;
  let pauseAt = bytesPerTurn;
  while (records.length < header.count) {
    const record = new BatchRecord(reader, header, minOffsetDelta);
    records.push(record);
    minOffsetDelta = record.offsetDelta + 1;
    if (reader.position < pauseAt) continue;
    await nextTurn();
    pauseAt = reader.position + bytesPerTurn;
  }
  if (reader.position !== reader.end) throw new UnreadableBytes('the batch is longer than its records');
  return records;
}
