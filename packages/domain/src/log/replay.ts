import { unlessBroken } from '../shared/violation.ts';
import { DeadLetterId } from './dead-letter-id.ts';
import type { LogRecord, Origin, OriginalRecord, RawRecord } from './log-record.ts';

/** The header of a replayed dead letter. Its value is the letter's id, `topic:partition:offset` of the first copy. */
export const replayHeader = 'user-activity-replay-of';

/** Returns the record to publish for a dead letter: the original bytes, with `replayHeader` added. */
export function replayed({ origin, key, value, headers }: OriginalRecord): RawRecord {
  const own = valuesOf(headers);
  const ours = Uint8Array.from(DeadLetterId.of(origin), (character) => character.charCodeAt(0));
  return { key, value, headers: { ...headers, [replayHeader]: [...own, ours] } };
}

/**
 * Returns the origin of the first copy of the record at `place`, or undefined if the record is no replay. Ignores a header that
 * is malformed, names another topic, or names an offset of the same partition that is not lower: anyone may write headers.
 */
export function replayOf(headers: RawRecord['headers'], place: Origin): Origin | undefined {
  const last = valuesOf(headers).at(-1);
  if (last === undefined || last.length > 300) return undefined;
  const origin = unlessBroken(() => DeadLetterId.originOf(DeadLetterId.parse(String.fromCharCode(...last))));
  if (origin?.topic !== place.topic) return undefined;
  return origin.partition === place.partition && origin.offset >= place.offset ? undefined : origin;
}

/** Returns the first copy: this record itself, or the record of which it is a replay. */
export function firstCopyOf(record: LogRecord): OriginalRecord {
  const { key, value, headers } = record.raw();
  if (record.replayOf === undefined) return { origin: record.origin, key, value, headers };
  const { [replayHeader]: values = [], ...others } = headers;
  const own = values.slice(0, -1);
  return {
    origin: record.replayOf,
    key,
    value,
    headers: own.length === 0 ? others : { ...others, [replayHeader]: own },
  };
}

const valuesOf = (headers: RawRecord['headers']): readonly Uint8Array[] =>
  Object.hasOwn(headers, replayHeader) ? (headers[replayHeader] ?? []) : [];
