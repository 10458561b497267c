import { type LogRecord, type RawRecord, replayOf } from '@user-activity/domain';
import { readMessage } from '@user-activity/topic-contract';
import type { KafkaMessage, Message } from 'kafkajs';

/** A record as the domain has it. */
export function kafkaRecord(topic: string, partition: number, message: KafkaMessage): LogRecord {
  const raw = (): RawRecord => ({ key: message.key, value: message.value, headers: headersOf(message) });
  const record = raw();
  const origin = { topic, partition, offset: Number(message.offset) };
  const first = replayOf(record.headers, origin);
  return {
    origin,
    ...(first === undefined ? {} : { replayOf: first }),
    content: readMessage(record),
    raw,
  };
}

/** The headers of a message as bytes. KafkaJS can't write one without a value, so it is read as an empty one. */
export function headersOf({ headers = {} }: Pick<KafkaMessage, 'headers'>): RawRecord['headers'] {
  const entries = Object.entries(headers).map(([name, values]) => [
    name,
    [values]
      .flat()
      // Of a header called as a member of every object, such as `constructor`, KafkaJS gives that member too.
      .filter((value) => !isInherited(value))
      .map((value) => (typeof value === 'string' ? Buffer.from(value) : (value ?? new Uint8Array()))),
  ]);
  return Object.fromEntries(entries) as RawRecord['headers'];
}

const isInherited = (value: unknown): boolean =>
  typeof value === 'function' || (typeof value === 'object' && value !== null && !Buffer.isBuffer(value));

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
