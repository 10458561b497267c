import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LogRecord } from '@user-activity/domain';
import type { KafkaMessage } from 'kafkajs';
import { kafkaRecord } from './kafka-record.ts';
import { BatchRecord, UnreadableBatch } from '@user-activity/record-batch';

type ParsedRecord = BatchRecord | UnreadableBatch;

const maxRecords = 1000;
// The maximum weight of a portion, in bytes. It is low, because several partitions may have a portion in memory at the same time.
const maxWeight = 2 * 1024 * 1024;
// Reading a header takes as long as reading this many bytes of a value.
const headerWeight = 128;
// Parsing 2 MiB can take more than half a second, so the event loop gets a turn after each 256 KiB. A single record may have 1 MiB.
const weightPerTurn = 256 * 1024;

/** Records to handle together. */
export interface RecordPortion {
  readonly records: readonly LogRecord[];
  /** The offset of the last record. */
  readonly lastOffset: string;
}

/**
 * Converts the messages of a partition to the domain's records, in portions of at most 1,000 records with a limit on bytes and
 * headers. Throws if KafkaJS parsed a message itself, without our reader, because KafkaJS has no limits.
 */
export async function* recordPortions(
  topic: string,
  partition: number,
  messages: readonly KafkaMessage[],
): AsyncGenerator<RecordPortion> {
  let records: LogRecord[] = [];
  let lastOffset = '';
  let weight = 0;
  let turnWeight = 0;
  for (const message of messages) {
    if (!isParsedRecord(message)) throw new Error('KafkaJS parsed a record itself, without our reader.');
    const ownWeight = weightOf(message);
    if (records.length === maxRecords || (records.length > 0 && weight + ownWeight > maxWeight)) {
      yield { records, lastOffset };
      records = [];
      weight = 0;
    }
    records.push(kafkaRecord(topic, partition, message));
    lastOffset = message.offset;
    weight += ownWeight;
    turnWeight += ownWeight;
    if (turnWeight < weightPerTurn) continue;
    await nextTurn();
    turnWeight = 0;
  }
  if (records.length > 0) yield { records, lastOffset };
}

const isParsedRecord = (message: KafkaMessage): message is ParsedRecord =>
  message instanceof BatchRecord || message instanceof UnreadableBatch;

const weightOf = (record: ParsedRecord): number =>
  record.byteLength + (record instanceof BatchRecord ? headerWeight * record.headerCount : 0);
