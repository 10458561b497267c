import { type LogRecord, ProjectId, type RawRecord, replayOf, unreadable } from '@user-activity/domain';
import { type BatchRecord, maxHeaders, UnreadableBatch } from '@user-activity/record-batch';
import { encodedHeadersHeader, readMessage, unreadableBatchHeader } from '@user-activity/topic-contract';

// Sizes in bytes, from https://kafka.apache.org/documentation/#messageformat. Each number of variable length has its maximum length.
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
  if (message instanceof UnreadableBatch) {
    const { firstOffset, offset, reason, value } = message;
    const headers = { [unreadableBatchHeader]: [Buffer.from(`${firstOffset}-${offset}`)] };
    return {
      origin: { topic, partition, offset: firstOffset },
      content: unreadable(reason, ProjectId.system),
      raw: () => ({ key: null, value, headers }),
    };
  }
  const { headerCount, value } = message;
  const hasTooManyHeaders = headerCount > maxHeaders;
  const headers = hasTooManyHeaders ? { [encodedHeadersHeader]: [message.encodedHeaders] } : message.headers;
  const original = replayOf(headers, topic);
  return {
    origin: { topic, partition, offset: Number(message.offset) },
    ...(original === undefined ? {} : { replayOf: original }),
    content: hasTooManyHeaders
      ? unreadable(`it has ${headerCount} headers; the limit is ${maxHeaders}`, ProjectId.system)
      : readMessage({ value, headers }),
    // A function, because only dead letters need the key, and reading it takes time.
    raw: () => ({ key: message.key, value, headers }),
  };
}

/** Returns an upper bound of the record's size on the topic in bytes, uncompressed and in a batch of its own. */
export function largestSize({ key, value, headers }: RawRecord): number {
  let size = batchFraming + (key?.length ?? 0) + (value?.length ?? 0);
  for (const [name, values] of Object.entries(headers))
    for (const header of values) size += headerFraming + Buffer.byteLength(name) + header.length;
  return size;
}
