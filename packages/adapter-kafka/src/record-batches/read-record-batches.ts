import { setImmediate as nextTurn } from 'node:timers/promises';
import { createRequire } from 'node:module';
import { crc32c } from '@platformatic/wasm-utils';
import { BatchEnd } from './batch-end.ts';
import { BatchHeader, headerBytes, minBatchBytes, readableFormat } from './batch-header.ts';
import { BatchRecord } from './batch-record.ts';
import { ByteReader, TooManyBytes, UnreadableBytes } from './byte-reader.ts';
import { codecOf, decompress } from './decompress.ts';
import { UnreadableBatch } from './unreadable-batch.ts';

/** The size limit for a decompressed batch. By default, producers limit a batch to 1 MiB before they compress it. */
export const maxBatchBytes: number = 64 * 1024 * 1024;
export const maxBatchRecords = 200_000;

// The costs of reading are numbers of bytes that take the same time. A response is read up to `maxResponseCost`. After that, each
// further partition is read up to `maxExtraCost`, so that large batches do not block it. The rest is fetched again.
const maxResponseCost = maxBatchBytes;
const maxExtraCost = 4 * 1024 * 1024;
const recordCost = 300;
// Decompression takes at least 0.1 ms.
const decompressionCost = 16 * 1024;
const bytesPerTurn = 1024 * 1024;

// Positions in a batch. The length counts the bytes that follow the length field; the checksum covers the bytes from `checkedStart`.
const lengthStart = 8;
const lengthEnd = 12;
const checksumStart = 17;
const checkedStart = 21;

type ReadEntry = BatchRecord | UnreadableBatch | BatchEnd;

/** KafkaJS's function that reads the records of a partition. Our patch adds this property, and calls the function in it. */
interface DecodeMessages {
  readRecordBatches: typeof readRecordBatches | undefined;
}

/** Makes KafkaJS use `readRecordBatches`. Throws if KafkaJS was installed without our patch. */
export function useOwnReader(): void {
  const require = createRequire(import.meta.url);
  const decodeMessages =
    require('kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js') as DecodeMessages;
  if (!('readRecordBatches' in decodeMessages))
    throw new Error('kafkajs lacks the patch of this repository: install with pnpm, from its root');
  decodeMessages.readRecordBatches = readRecordBatches;
}

/** By response. */
const costs = new WeakMap<object, number>();

/**
 * Reads the batches of one partition from a broker's response. Ignores a batch that is cut off at the end. An unreadable batch becomes
 * one UnreadableBatch, so that it does not block later batches. Stops early when the response, which has the batches of several
 * partitions, has reached its cost limit.
 */
export async function readRecordBatches(bytes: Buffer, response: object): Promise<readonly ReadEntry[]> {
  const entries: ReadEntry[] = [];
  let ownCost = 0;
  for (let start = 0; start + minBatchBytes <= bytes.length; ) {
    const end = start + lengthEnd + bytes.readInt32BE(start + lengthStart);
    if (end < start + minBatchBytes || end > bytes.length) break;
    const cost = costs.get(response) ?? 0;
    const maxCost = cost < maxResponseCost ? maxBatchBytes : maxExtraCost - ownCost;
    const read = maxCost > 0 ? await readBatch(bytes.subarray(start, end), maxCost) : undefined;
    if (read === undefined) break;
    for (const entry of read.entries) entries.push(entry);
    ownCost += read.cost;
    costs.set(response, cost + read.cost);
    start = end;
  }
  return entries;
}

/** Returns undefined if the batch costs more than `maxCost`, and may be read with the limit of a later response. */
async function readBatch(batch: Buffer, maxCost: number) {
  const header = new BatchHeader(batch);
  let cost = batch.length + recordCost;
  try {
    assertReadable(header, batch);
    const codec = codecOf(header.codec);
    const overhead = header.count * recordCost + (header.codec === 0 ? 0 : decompressionCost);
    if (overhead > maxCost) return undefined;
    // Even a small batch may decompress to this size before it fails.
    if (header.codec !== 0) cost = maxCost;
    const payload = await decompress(codec, batch.subarray(headerBytes), maxCost);
    const entries: ReadEntry[] = await recordsIn(payload, header);
    if (entries.at(-1)?.offset !== String(header.lastOffset)) entries.push(new BatchEnd(header));
    return { entries, cost: overhead + payload.length };
  } catch (error) {
    if (!(error instanceof UnreadableBytes)) throw error;
    if (error instanceof TooManyBytes && maxCost < maxBatchBytes) return undefined;
    assertEndKnown(header, batch);
    return { entries: [new UnreadableBatch(header, batch, error.message)], cost };
  }
}

function assertReadable({ magicByte, codec, count }: BatchHeader, batch: Buffer): void {
  if (magicByte !== readableFormat) throw new UnreadableBytes(`its format ${magicByte} is unknown`);
  if (batch.length < headerBytes) throw new UnreadableBytes('it is shorter than its header');
  if (codec !== 0 && isDamaged(batch)) throw new UnreadableBytes('its checksum is wrong');
  if (count < 0) throw new UnreadableBytes('its number of records is negative');
  if (count > maxBatchRecords)
    throw new UnreadableBytes(`it has ${count} records; the limit is ${maxBatchRecords}`);
}

/** Throws if the last offset of a batch is unknown. The batch is then fetched again, because a wrong offset could skip records. */
function assertEndKnown(
  { magicByte, count, lastOffsetDelta, firstOffset }: BatchHeader,
  batch: Buffer,
): void {
  if (magicByte === readableFormat && lastOffsetDelta !== count - 1 && isDamaged(batch))
    throw new Error(`The batch at offset ${firstOffset} is damaged, and so is its header.`);
}

const isDamaged = (batch: Buffer): boolean =>
  crc32c(batch.subarray(checkedStart)) !== batch.readUInt32BE(checksumStart);

async function recordsIn(payload: Buffer, header: BatchHeader): Promise<BatchRecord[]> {
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
  if (reader.position !== reader.end) throw new UnreadableBytes('it is longer than its records');
  return records;
}
