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
import { headersJson, headersFromJson } from './header-json.ts';
import type { Bytes, LogEntry, LogRow } from '../protocol/rows.ts';

const utf8 = new TextEncoder();

/** Returns the row that stores the event as a record of the log. */
export const rowFromEvent = (event: LogEvent): LogRow => [
  userOf(event),
  textOfEvent(event),
  event.name === 'ActivityLogged' ? null : headersJson(headersOfEvent(event)),
];

/**
 * Returns the record of an event without reading its row. It equals the record that `recordFromRow` returns for the row. When each publish
 * had one event, reading and parsing rows took 12 % of the CPU time of the process.
 */
export const recordFromEvent = (topic: string, offset: number, event: LogEvent): LogRecord => ({
  origin: { topic, partition: 0, offset },
  content: event,
  raw() {
    const [key, value] = rowFromEvent(event);
    return { key: encoded(key), value: encoded(value), headers: headersOfEvent(event) };
  },
});

/** Returns the record that a row of the log holds. */
export function recordFromRow(topic: string, [offset, key, value, headerJson]: LogEntry): LogRecord {
  const origin = { topic, partition: 0, offset };
  const headers = headerJson === null ? {} : headersFromJson(headerJson);
  const replayedOrigin = replayOf(headers, topic);
  return {
    origin,
    ...(replayedOrigin === undefined ? {} : { replayOf: replayedOrigin }),
    content: contentOf(value, headers),
    raw: () => ({ key: encoded(key), value: encoded(value), headers }),
  };
}

// SQLite stores a text as UTF-8, so the result has the original bytes.
const encoded = (bytes: Bytes): Uint8Array | null => (typeof bytes === 'string' ? utf8.encode(bytes) : bytes);

function contentOf(value: Bytes, headers: RawRecord['headers']): RecordContent {
  if (value === null) return unreadable('the record has no value', ProjectId.default);
  if (typeof value === 'string') return eventContent(value, headers);
  return isUtf8(value)
    ? eventContent(Buffer.from(value).toString('utf8'), headers)
    : unreadable('the value is not UTF-8', ProjectId.default);
}
