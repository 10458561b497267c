import { setImmediate as nextTurn } from 'node:timers/promises';
import { createRequire } from 'node:module';
import { crc32c } from '@platformatic/wasm-utils';
import { BatchEnd } from './batch-end.ts';
import { BatchHeader, headerBytes, minBatchBytes, readFormat } from './batch-header.ts';
import { BatchRecord } from './batch-record.ts';
import { ByteReader, TooManyBytes, UnreadableBytes } from './byte-reader.ts';
import { codecOf, decompress } from './decompress.ts';
import { UnreadableBatch } from './unreadable-batch.ts';

/** A batch that comes to more than this is not read. Producers count what they send before they compress it: 1 MiB by default. */
export const maxBatchBytes: number = 64 * 1024 * 1024;
export const maxBatchRecords = 200_000;

// An answer of a broker is read until it has cost so many bytes. Then each other partition may cost only a few more, so that one
// partition of large batches does not hold up the others. The rest is fetched again.
const maxAnswerCost = maxBatchBytes;
const maxCostOfOthers = 4 * 1024 * 1024;
const recordOverhead = 300;
// Decompression takes 0.1 ms however small the batch is.
const compressedOverhead = 16 * 1024;
// So many bytes are read in one turn of the event loop.
const bytesOfTurn = 1024 * 1024;

const placeOfLength = 8;
const bytesBeforeLength = 12;
const placeOfChecksum = 17;
const placeOfChecked = 21;

/** What a partition holds for KafkaJS, in the order of the offsets. */
export type ReadEntry = BatchRecord | UnreadableBatch | BatchEnd;

/** KafkaJS's own function that reads the records of a partition, with the hook of our patch. */
interface DecodeMessages {
  readRecordBatches: typeof readRecordBatches | undefined;
}

/** Has KafkaJS read what it fetched by `readRecordBatches`. Throws if it was installed without our patch. */
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
 * Reads the batches of a partition as a broker answered them; one that was cut off at the end is left. A batch that can't be read
 * becomes one UnreadableBatch, so that nobody waits behind it. Ends early when the `answer`, which holds several partitions, has
 * cost enough.
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

/** What was read of a batch, and the bytes that this took. */
interface ReadBatch {
  readonly entries: readonly ReadEntry[];
  readonly cost: number;
}

/** Reads a batch. Returns undefined if it costs more than `maxCost`, and may be read when more is left. */
async function readBatch(batch: Buffer, maxCost: number): Promise<ReadBatch | undefined> {
  const header = new BatchHeader(batch);
  let cost = batch.length + recordOverhead;
  try {
    assertReadable(header, batch);
    const codec = codecOf(header.codec);
    const overhead = header.count * recordOverhead + (header.codec === 0 ? 0 : compressedOverhead);
    if (overhead > maxCost) return undefined;
    // A small batch that does not decompress may have come to this before it failed.
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

/** Throws if nobody knows where a batch ends, to have it fetched again: to go on behind a wrong offset would leave out others. */
function assertEndKnown(
  { magicByte, count, lastOffsetDelta, firstOffset }: BatchHeader,
  batch: Buffer,
): void {
  if (magicByte === readFormat && lastOffsetDelta !== count - 1 && isDamaged(batch))
    throw new Error(`The batch at offset ${firstOffset} and its header are damaged.`);
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
