import type { LogRecord, RawRecord } from '@user-activity/domain';
import { readMessage } from '@user-activity/topic-contract';
import type { KafkaMessage } from 'kafkajs';

/** A record as the domain has it. */
export function kafkaRecord(topic: string, partition: number, message: KafkaMessage): LogRecord {
  const raw = (): RawRecord => ({ key: message.key, value: message.value, headers: headersOf(message) });
  return {
    origin: { topic, partition, offset: Number(message.offset) },
    content: readMessage(raw()),
    raw,
  };
}

/** The headers of a message as bytes. KafkaJS can't write one without a value, so it is read as an empty one. */
export function headersOf({ headers = {} }: Pick<KafkaMessage, 'headers'>): RawRecord['headers'] {
  const entries = Object.entries(headers).map(([name, values]) => [
    name,
    [values]
      .flat()
      .map((value) => (typeof value === 'string' ? Buffer.from(value) : (value ?? new Uint8Array()))),
  ]);
  return Object.fromEntries(entries) as RawRecord['headers'];
}
