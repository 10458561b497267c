import { setImmediate as nextTurn } from 'node:timers/promises';
import { createRequire } from 'node:module';
import { crc32c } from '@platformatic/wasm-utils';
import { BatchEnd } from './batch-end.ts';
import { BatchHeader, headerBytes, minBatchBytes, readFormat } from './batch-header.ts';
import { BatchRecord } from './batch-record.ts';
import { ByteReader, TooManyBytes, UnreadableBytes } from './byte-reader.ts';
import { codecOf, decompress } from './decompress.ts';
import { UnreadableBatch } from './unreadable-batch.ts';

/** The limit for a decompressed batch. Producers limit batches before compression, to 1 MiB by default. */
export const maxBatchBytes: number = 64 * 1024 * 1024;
export const maxBatchRecords = 200_000;

// A broker's answer is read up to this cost in bytes. After that, each other partition may still cost a little, so
// that a partition of large batches does not block the others. The rest is fetched again.
const maxAnswerCost = maxBatchBytes;
const maxCostOfOthers = 4 * 1024 * 1024;
const recordOverhead = 300;
// The minimum cost: decompression takes 0.1 ms, however small the batch is.
const compressedOverhead = 16 * 1024;
// The number of bytes that are read in one turn of the event loop.
const bytesOfTurn = 1024 * 1024;

const placeOfLength = 8;
const bytesBeforeLength = 12;
const placeOfChecksum = 17;
const placeOfChecked = 21;

/** An entry of a partition for KafkaJS. */
export type ReadEntry = BatchRecord | UnreadableBatch | BatchEnd;

/** KafkaJS's function that reads the records of a partition, with the hook of our patch. */
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

const costs = new WeakMap<object, number>();

/**
 * Reads the batches of a partition from a broker's answer; a batch cut off at the end is left out. An unreadable batch becomes one
 * UnreadableBatch, so that it does not block later ones. Ends early when the `answer`, which holds several partitions, has reached
 * its cost limit.
 */
export async function readRecordBatches(bytes: Buffer, answer: object): Promise<readonly ReadEntry[]> {
  const entries: ReadEntry[] = [];
  let ownCost = 0;
  for (let start = 0; start + minBatchBytes <= bytes.length; ) {
    const end = start + bytesBeforeLength + bytes.readInt32BE(start + placeOfLength);
    if (end < start + minBatchBytes || end > bytes.length) break;
    const cost = costs.get(answer) ?? 0;
    const maxCost = cost < maxAnswerCost ? maxBatchBytes : maxCostOfOthers - ownCost;
    const read = maxCost > 0 ? await readBatch(bytes.subarray(start, end), maxCost) : undefined;
    if (read === undefined) break;
    for (const entry of read.entries) entries.push(entry);
    ownCost += read.cost;
    costs.set(answer, cost + read.cost);
    start = end;
  }
  return entries;
}

/** The records of a batch, and the cost of reading them in bytes. */
interface ReadBatch {
  readonly entries: readonly ReadEntry[];
  readonly cost: number;
}

/** Reads a batch. Returns undefined if it costs more than `maxCost`, and may be read later with a higher limit. */
async function readBatch(batch: Buffer, maxCost: number): Promise<ReadBatch | undefined> {
  const header = new BatchHeader(batch);
  let cost = batch.length + recordOverhead;
  try {
    assertReadable(header, batch);
    const codec = codecOf(header.codec);
    const overhead = header.count * recordOverhead + (header.codec === 0 ? 0 : compressedOverhead);
    if (overhead > maxCost) return undefined;
    // A small batch may have decompressed to this much before it failed.
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
  if (magicByte !== readFormat) throw new UnreadableBytes(`its format ${magicByte} is unknown`);
  if (batch.length < headerBytes) throw new UnreadableBytes('it is shorter than its header');
  if (codec !== 0 && isDamaged(batch)) throw new UnreadableBytes('its checksum is wrong');
  if (count < 0) throw new UnreadableBytes('its number of records is negative');
  if (count > maxBatchRecords)
    throw new UnreadableBytes(`it has ${count} records; the limit is ${maxBatchRecords}`);
}

/** Throws if the end of a batch is unknown, so that it is fetched again: continuing at a wrong offset could skip others. */
function assertEndKnown(
  { magicByte, count, lastOffsetDelta, firstOffset }: BatchHeader,
  batch: Buffer,
): void {
  if (magicByte === readFormat && lastOffsetDelta !== count - 1 && isDamaged(batch))
    throw new Error(`The batch at offset ${firstOffset} is damaged, and so is its header.`);
}

const isDamaged = (batch: Buffer): boolean =>
  crc32c(batch.subarray(placeOfChecked)) !== batch.readUInt32BE(placeOfChecksum);

async function recordsIn(payload: Buffer, header: BatchHeader): Promise<BatchRecord[]> {
  const reader = new ByteReader(payload);
  const records: BatchRecord[] = [];
  let minOffsetDelta = 0;
  let pause = bytesOfTurn;
  while (records.length < header.count) {
    const record = new BatchRecord(reader, header, minOffsetDelta);
    records.push(record);
    minOffsetDelta = record.offsetDelta + 1;
    if (reader.position < pause) continue;
    await nextTurn();
    pause = reader.position + bytesOfTurn;
  }
  if (reader.position !== reader.end) throw new UnreadableBytes('it is longer than its records');
  return records;
}
