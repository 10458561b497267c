import { type LogRecord, type RawRecord, replayOf, unreadable } from '@user-activity/domain';
import { readMessage } from '@user-activity/topic-contract';
import type { Message } from 'kafkajs';
import { type BatchRecord, maxHeaders } from './record-batches/batch-record.ts';
import { UnreadableBatch } from './record-batches/unreadable-batch.ts';

/** A record as the domain has it. A batch that can't be read counts as one, at its first offset. */
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

/** The record as KafkaJS writes it, on that partition. */
export function messageOf({ key, value, headers }: RawRecord, partition: number): Message {
  const entries = Object.entries(headers).map(([name, values]) => [
    name,
    values.map((one) => Buffer.from(one)),
  ]);
  return {
    key: key && Buffer.from(key),
    value: value && Buffer.from(value),
    headers: Object.fromEntries(entries) as Record<string, Buffer[]>,
    partition,
  };
}

/** At most so many bytes the record takes on the topic, in a batch of its own and uncompressed. */
export function largestSize({ key, value, headers }: RawRecord): number {
  const ofHeaders = Object.entries(headers).flatMap(([name, values]) =>
    values.map((one) => headerFraming + Buffer.byteLength(name) + one.length),
  );
  return (
    batchFraming + (key?.length ?? 0) + (value?.length ?? 0) + ofHeaders.reduce((sum, one) => sum + one, 0)
  );
}

// https://kafka.apache.org/documentation/#messageformat: numbers that vary in length taken at their longest.
const batchFraming = 61 + 40;
const headerFraming = 10;
