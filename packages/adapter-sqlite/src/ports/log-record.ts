import { isUtf8 } from 'node:buffer';
import {
  type LogRecord,
  type RecordContent,
  recordContent,
  replayOf,
  unreadable,
} from '@user-activity/domain';
import { headersOf } from './header-json.ts';
import type { Bytes, LogEntry } from '../protocol/rows.ts';

const utf8 = new TextEncoder();

/** Returns the record of an entry. */
export function logRecord(topic: string, [offset, key, value, headers]: LogEntry): LogRecord {
  const origin = { topic, partition: 0, offset };
  const first = headers === null ? undefined : replayOf(headersOf(headers), origin);
  return {
    origin,
    ...(first === undefined ? {} : { replayOf: first }),
    content: contentOf(value),
    raw: () => ({
      key: encoded(key),
      value: encoded(value),
      headers: headers === null ? {} : headersOf(headers),
    }),
  };
}

// Texts are encoded again: they were UTF-8 when they were written.
const encoded = (bytes: Bytes): Uint8Array | null => (typeof bytes === 'string' ? utf8.encode(bytes) : bytes);

function contentOf(value: Bytes): RecordContent {
  if (value === null) return unreadable('it has no value');
  if (typeof value === 'string') return recordContent(value);
  return isUtf8(value) ? recordContent(Buffer.from(value).toString('utf8')) : unreadable('it is not UTF-8');
}
