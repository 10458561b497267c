import { type LogRecord, type RawRecord, replayOf, unreadable } from '@user-activity/domain';
import { readMessage } from '@user-activity/topic-contract';
import type { Message } from 'kafkajs';
import { type BatchRecord, maxHeaders } from './record-batches/batch-record.ts';
import { UnreadableBatch } from './record-batches/unreadable-batch.ts';

/** Converts a message to the domain's record. An unreadable batch becomes one record, at its first offset. */
export function kafkaRecord(
  topic: string,
  partition: number,
  message: BatchRecord | UnreadableBatch,
): LogRecord {
  const record: RawRecord = { key: message.key, value: message.value, headers: message.headers };
  const raw = (): RawRecord => record;
  if (message instanceof UnreadableBatch) {
    const origin = { topic, partition, offset: message.firstOffset };
    return { origin, content: unreadable(message.reason), raw };
  }
  const origin = { topic, partition, offset: Number(message.offset) };
  const first = replayOf(record.headers, origin);
  return {
    origin,
    ...(first === undefined ? {} : { replayOf: first }),
    content:
      message.headerCount > maxHeaders
        ? unreadable(`it has ${message.headerCount} headers; the limit is ${maxHeaders}`)
        : readMessage(record),
    raw,
  };
}

/** Converts a record to a message of KafkaJS, for that partition. */
export function messageOf({ key, value, headers }: RawRecord, partition: number): Message {
  const entries = Object.entries(headers).map(([name, values]) => [
    name,
    values.map((header) => Buffer.from(header)),
  ]);
  return {
    key: key && Buffer.from(key),
    value: value && Buffer.from(value),
    headers: Object.fromEntries(entries) as Record<string, Buffer[]>,
    partition,
  };
}

/** Returns an upper bound of the record's size on the topic in bytes, uncompressed and in a batch of its own. */
export function largestSize({ key, value, headers }: RawRecord): number {
  const headerSizes = Object.entries(headers).flatMap(([name, values]) =>
    values.map((header) => headerFraming + Buffer.byteLength(name) + header.length),
  );
  return (
    batchFraming +
    (key?.length ?? 0) +
    (value?.length ?? 0) +
    headerSizes.reduce((sum, size) => sum + size, 0)
  );
}

// https://kafka.apache.org/documentation/#messageformat, with numbers of variable length at their longest.
const batchFraming = 61 + 40;
const headerFraming = 10;
