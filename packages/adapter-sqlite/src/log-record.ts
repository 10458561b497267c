import {
  activityLogged,
  isDomainError,
  type LogRecord,
  parseJson,
  type RecordContent,
  UserActivity,
} from '@user-activity/domain';
import type { Bytes, LogEntry } from './threads/rows.ts';

const utf8 = new TextEncoder();
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A row of the log as a consumer is given it. */
export function logRecord(topic: string, [offset, key, value]: LogEntry): LogRecord {
  return {
    origin: { topic, partition: 0, offset },
    content: contentOf(value),
    raw: () => ({ key: encoded(key), value: encoded(value), headers: {} }),
  };
}

// A text was encoded as UTF-8 when it was written: these are its bytes again.
const encoded = (bytes: Bytes): Uint8Array | null => (typeof bytes === 'string' ? utf8.encode(bytes) : bytes);

function contentOf(value: Bytes): RecordContent {
  if (value === null) return { name: 'Unreadable', reason: 'it has no value' };
  try {
    const text = typeof value === 'string' ? value : strictUtf8.decode(value);
    return activityLogged(UserActivity.parse(parseJson(text)));
  } catch (error) {
    const reason = isDomainError(error)
      ? error.violations.map(({ path, message }) => `${path} ${message}`).join('; ')
      : 'it is not JSON in UTF-8';
    return { name: 'Unreadable', reason };
  }
}
