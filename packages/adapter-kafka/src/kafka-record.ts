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

/** The headers of a message as bytes. Of several with one name the last. */
export function headersOf({ headers = {} }: Pick<KafkaMessage, 'headers'>): Record<string, Uint8Array> {
  const entries = Object.entries(headers).map(([name, values]): [string, Uint8Array] => {
    const value = Array.isArray(values) ? values.at(-1) : values;
    return [name, typeof value === 'string' ? Buffer.from(value) : (value ?? new Uint8Array())];
  });
  return Object.fromEntries(entries);
}
