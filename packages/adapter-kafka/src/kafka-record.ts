import { type LogRecord, ProjectId, type RawRecord, replayOf, unreadable } from '@user-activity/domain';
import { readMessage } from '@user-activity/topic-contract';
import type { Message } from 'kafkajs';
import { type BatchRecord, maxHeaders } from './record-batches/batch-record.ts';
import { UnreadableBatch } from './record-batches/unreadable-batch.ts';

// Sizes from https://kafka.apache.org/documentation/#messageformat, with numbers of variable length at their longest.
const batchFraming = 61 + 40;
const headerFraming = 10;

/**
 * Converts a message to the domain's record. An unreadable batch becomes one record at the batch's first offset. That record and a
 * record with too many headers belong to the project `_system`.
 */
export function kafkaRecord(
  topic: string,
  partition: number,
  message: BatchRecord | UnreadableBatch,
): LogRecord {
  const record: RawRecord = { key: message.key, value: message.value, headers: message.headers };
  const raw = (): RawRecord => record;
  if (message instanceof UnreadableBatch) {
    const origin = { topic, partition, offset: message.firstOffset };
    return { origin, content: unreadable(message.reason, ProjectId.system), raw };
  }
  const origin = { topic, partition, offset: Number(message.offset) };
  const original = replayOf(record.headers, topic);
  return {
    origin,
    ...(original === undefined ? {} : { replayOf: original }),
    content:
      message.headerCount > maxHeaders
        ? unreadable(`it has ${message.headerCount} headers; the limit is ${maxHeaders}`, ProjectId.system)
        : readMessage(record),
    raw,
  };
}

export function messageOf({ key, value, headers }: RawRecord, partition: number): Message {
  const copied = Object.entries(headers).map(
    ([name, values]) => [name, values.map((header) => Buffer.from(header))] as const,
  );
  return {
    key: key && Buffer.from(key),
    value: value && Buffer.from(value),
    headers: Object.fromEntries(copied),
    partition,
  };
}

/** Returns an upper bound of the record's size on the topic in bytes, uncompressed and in a batch of its own. */
export function largestSize({ key, value, headers }: RawRecord): number {
  let size = batchFraming + (key?.length ?? 0) + (value?.length ?? 0);
  for (const [name, values] of Object.entries(headers))
    for (const header of values) size += headerFraming + Buffer.byteLength(name) + header.length;
  return size;
}
