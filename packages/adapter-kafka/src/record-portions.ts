import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LogRecord } from '@user-activity/domain';
import type { KafkaMessage } from 'kafkajs';
import { kafkaRecord } from './kafka-record.ts';
import { BatchRecord } from './record-batches/batch-record.ts';
import { UnreadableBatch } from './record-batches/unreadable-batch.ts';

const maxRecords = 1000;
const maxWeight = 4 * 1024 * 1024;
// The cost of one header, in bytes of a value.
const headerWeight = 128;
// Parsing 4 MiB can take more than a second, so the event loop gets a turn after each of these. One record may have 1 MiB.
const weightOfTurn = 256 * 1024;

/** Records to handle together. */
export interface RecordPortion {
  readonly records: readonly LogRecord[];
  /** The offset of the last record. */
  readonly lastOffset: string;
}

/** Converts the messages of a partition to the domain's records, in portions of bounded cost. */
export async function* recordPortions(
  topic: string,
  partition: number,
  messages: readonly KafkaMessage[],
): AsyncGenerator<RecordPortion> {
  for (const slice of slices(readOf(messages))) {
    const records: LogRecord[] = [];
    let weight = 0;
    for (const message of slice) {
      records.push(kafkaRecord(topic, partition, message));
      weight += weightOf(message);
      if (weight < weightOfTurn) continue;
      await nextTurn();
      weight = 0;
    }
    const last = slice.at(-1);
    if (last !== undefined) yield { records, lastOffset: last.offset };
  }
}

type ReadRecord = BatchRecord | UnreadableBatch;

/** Checks that our reader made the messages. Throws if KafkaJS parsed them itself, because it has no limits. */
const readOf = (messages: readonly KafkaMessage[]): readonly ReadRecord[] =>
  messages.map((message) => {
    if (message instanceof BatchRecord || message instanceof UnreadableBatch) return message;
    throw new Error('KafkaJS parsed a record itself, instead of our reader.');
  });

/** Divides records into slices of at most 1,000 records, with a limit on bytes and headers. */
function* slices(records: readonly ReadRecord[]): Generator<readonly ReadRecord[]> {
  let slice: ReadRecord[] = [];
  let weight = 0;
  for (const record of records) {
    const ownWeight = weightOf(record);
    if (slice.length === maxRecords || (slice.length > 0 && weight + ownWeight > maxWeight)) {
      yield slice;
      slice = [];
      weight = 0;
    }
    slice.push(record);
    weight += ownWeight;
  }
  if (slice.length > 0) yield slice;
}

const weightOf = (record: ReadRecord): number =>
  record.byteLength + (record instanceof BatchRecord ? headerWeight * record.headerCount : 0);
