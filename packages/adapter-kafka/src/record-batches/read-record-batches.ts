import { setImmediate as nextTurn } from 'node:timers/promises';
import { createRequire } from 'node:module';
import { crc32c } from '@platformatic/wasm-utils';
import { BatchHeader, headerBytes, minBatchBytes, readFormat } from './batch-header.ts';
import { BatchRecord } from './batch-record.ts';
import { ByteReader, UnreadableBytes } from './byte-reader.ts';
import { decompress } from './decompress.ts';
import { UnreadableBatch } from './unreadable-batch.ts';

/** A batch that comes to more than this is not read. Producers count what they send before they compress it: 1 MiB by default. */
export const maxBatchBytes: number = 64 * 1024 * 1024;
export const maxBatchRecords = 200_000;

// One answer of a broker is read so far; what is behind it in a partition is fetched again.
const maxFetchBytes = maxBatchBytes;
const recordOverhead = 300;
// So many bytes are read in one turn of the event loop.
const bytesOfTurn = 1024 * 1024;

const placeOfLength = 8;
const bytesBeforeLength = 12;
const placeOfChecksum = 17;
const placeOfChecked = 21;

/** What a partition holds for the consumer, in the order of the offsets. */
export type ReadRecords = readonly (BatchRecord | UnreadableBatch)[];

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

// By the answer of the broker, which holds several partitions.
const bytesRead = new WeakMap<object, number>();

/**
 * Reads the batches of a partition as a broker answered them; one that was cut off at the end is left. A batch that can't be read
 * becomes one UnreadableBatch, so that nobody waits behind it. Reads nothing of a partition if what was read of this `answer`
 * before is enough for once.
 */
export async function readRecordBatches(bytes: Buffer, answer: object): Promise<ReadRecords> {
  const records: (BatchRecord | UnreadableBatch)[] = [];
  for (let start = 0; start + minBatchBytes <= bytes.length; ) {
    const end = start + bytesBeforeLength + bytes.readInt32BE(start + placeOfLength);
    const read = bytesRead.get(answer) ?? 0;
    if (end < start + minBatchBytes || end > bytes.length || read >= maxFetchBytes) break;
    let size = 0;
    for (const record of await recordsOf(bytes.subarray(start, end))) {
      records.push(record);
      size += recordOverhead + record.byteLength;
    }
    bytesRead.set(answer, read + size);
    start = end;
  }
  return records;
}

async function recordsOf(batch: Buffer): Promise<ReadRecords> {
  const header = new BatchHeader(batch);
  try {
    assertReadable(header, batch);
    const payload = await decompress(header.codec, batch.subarray(headerBytes), maxBatchBytes);
    return await recordsIn(payload, header);
  } catch (error) {
    if (!(error instanceof UnreadableBytes)) throw error;
    assertEndKnown(header, batch);
    return [new UnreadableBatch(header, batch, error.message)];
  }
}

function assertReadable({ magicByte, codec, count }: BatchHeader, batch: Buffer): void {
  if (magicByte !== readFormat) throw new UnreadableBytes(`its format ${magicByte} is not known`);
  if (batch.length < headerBytes) throw new UnreadableBytes('it is shorter than its header');
  // The decompression of lz4 and snappy does not give back its memory after bytes that are none.
  if (codec !== 0 && isDamaged(batch)) throw new UnreadableBytes('its checksum is wrong');
  if (count < 0) throw new UnreadableBytes('its number of records is negative');
  if (count > maxBatchRecords)
    throw new UnreadableBytes(`it has ${count} records; at most ${maxBatchRecords} are read`);
}

/** Throws if nobody knows where a batch ends, to have it fetched again: to go on behind a wrong offset would leave out others. */
function assertEndKnown(
  { magicByte, count, lastOffsetDelta, firstOffset }: BatchHeader,
  batch: Buffer,
): void {
  if (magicByte === readFormat && lastOffsetDelta !== count - 1 && isDamaged(batch))
    throw new Error(`The batch at offset ${firstOffset} is damaged, and its header too.`);
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
