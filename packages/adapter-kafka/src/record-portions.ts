import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LogRecord } from '@user-activity/domain';
import type { KafkaMessage } from 'kafkajs';
import { kafkaRecord } from './kafka-record.ts';
import { BatchRecord } from './record-batches/batch-record.ts';
import { UnreadableBatch } from './record-batches/unreadable-batch.ts';

const maxRecords = 1000;
const maxWeight = 4 * 1024 * 1024;
// A header costs as much as so many bytes.
const headerWeight = 128;
// To parse 4 MiB takes more than a second at worst, so the event loop turns after as much as this. One record may have 1 MiB.
const weightOfTurn = 256 * 1024;

/** Records that are handled together. */
export interface RecordPortion {
  readonly records: readonly LogRecord[];
  /** The offset behind which the next portion begins. */
  readonly lastOffset: string;
}

/** The records of a partition as the domain has them, in portions that are each handled without a long pause. */
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

/** The messages as our reader made them. Throws if KafkaJS read them by itself, as it has no bounds. */
const readOf = (messages: readonly KafkaMessage[]): readonly ReadRecord[] =>
  messages.map((message) => {
    if (message instanceof BatchRecord || message instanceof UnreadableBatch) return message;
    throw new Error('KafkaJS parsed a record itself, instead of our reader.');
  });

/** In slices of at most 1,000 records, and of so many bytes and headers. */
function* slices(records: readonly ReadRecord[]): Generator<readonly ReadRecord[]> {
  let slice: ReadRecord[] = [];
  let weight = 0;
  for (const record of records) {
    const own = weightOf(record);
    if (slice.length === maxRecords || (slice.length > 0 && weight + own > maxWeight)) {
      yield slice;
      slice = [];
      weight = 0;
    }
    slice.push(record);
    weight += own;
  }
  if (slice.length > 0) yield slice;
}

const weightOf = (record: ReadRecord): number =>
  record.byteLength + (record instanceof BatchRecord ? headerWeight * record.headerCount : 0);
