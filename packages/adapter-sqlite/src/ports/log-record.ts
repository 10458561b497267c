import { isUtf8 } from 'node:buffer';
import {
  type LogRecord,
  ProjectId,
  type RecordContent,
  recordContent,
  replayOf,
  unreadable,
} from '@user-activity/domain';
import { headersOf } from './header-json.ts';
import type { Bytes, LogEntry } from '../protocol/rows.ts';

const utf8 = new TextEncoder();

export function logRecord(topic: string, [offset, key, value, headerJson]: LogEntry): LogRecord {
  const origin = { topic, partition: 0, offset };
  const headers = headerJson === null ? {} : headersOf(headerJson);
  const replayedOrigin = replayOf(headers, topic);
  return {
    origin,
    ...(replayedOrigin === undefined ? {} : { replayOf: replayedOrigin }),
    content: contentOf(value),
    raw: () => ({ key: encoded(key), value: encoded(value), headers }),
  };
}

// SQLite stored a text as UTF-8, so the result has the original bytes.
const encoded = (bytes: Bytes): Uint8Array | null => (typeof bytes === 'string' ? utf8.encode(bytes) : bytes);

function contentOf(value: Bytes): RecordContent {
  if (value === null) return unreadable('it has no value', ProjectId.default);
  if (typeof value === 'string') return recordContent(value);
  return isUtf8(value)
    ? recordContent(Buffer.from(value).toString('utf8'))
    : unreadable('it is not UTF-8', ProjectId.default);
}
