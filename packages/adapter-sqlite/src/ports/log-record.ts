import { isUtf8 } from 'node:buffer';
import {
  eventContent,
  headersOfEvent,
  type LogEvent,
  type LogRecord,
  ProjectId,
  type RawRecord,
  type RecordContent,
  replayOf,
  textOfEvent,
  unreadable,
  userOf,
} from '@user-activity/domain';
import { headersJson, headersOf } from './header-json.ts';
import type { Bytes, LogEntry, LogRow } from '../protocol/rows.ts';

const utf8 = new TextEncoder();

/** Returns the row of a new record. */
export const rowOfEvent = (event: LogEvent): LogRow => [
  userOf(event),
  textOfEvent(event),
  event.name === 'ActivityLogged' ? null : headersJson(headersOfEvent(event)),
];

/**
 * Returns the record that `logRecord` returns for the row of an event, without the row. With single events, reading and parsing rows took
 * 12 % of the CPU of the process.
 */
export const recordOf = (topic: string, offset: number, event: LogEvent): LogRecord => ({
  origin: { topic, partition: 0, offset },
  content: event,
  raw() {
    const [key, value] = rowOfEvent(event);
    return { key: encoded(key), value: encoded(value), headers: headersOfEvent(event) };
  },
});

export function logRecord(topic: string, [offset, key, value, headerJson]: LogEntry): LogRecord {
  const origin = { topic, partition: 0, offset };
  const headers = headerJson === null ? {} : headersOf(headerJson);
  const replayedOrigin = replayOf(headers, topic);
  return {
    origin,
    ...(replayedOrigin === undefined ? {} : { replayOf: replayedOrigin }),
    content: contentOf(value, headers),
    raw: () => ({ key: encoded(key), value: encoded(value), headers }),
  };
}

// SQLite stored a text as UTF-8, so the result has the original bytes.
const encoded = (bytes: Bytes): Uint8Array | null => (typeof bytes === 'string' ? utf8.encode(bytes) : bytes);

function contentOf(value: Bytes, headers: RawRecord['headers']): RecordContent {
  if (value === null) return unreadable('it has no value', ProjectId.default);
  if (typeof value === 'string') return eventContent(value, headers);
  return isUtf8(value)
    ? eventContent(Buffer.from(value).toString('utf8'), headers)
    : unreadable('it is not UTF-8', ProjectId.default);
}
