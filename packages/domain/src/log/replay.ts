import { unlessBroken } from '../shared/violation.ts';
import { DeadLetterId } from './dead-letter-id.ts';
import type { LogRecord, Origin, OriginalRecord, RawRecord } from './log-record.ts';

/** The header of a dead letter that was published again: its id, `topic:partition:offset` of its first copy. */
export const replayHeader = 'user-activity-replay-of';

/** The record to be published for a dead letter: byte for byte as it first came, and behind its own headers ours. */
export function replayed({ origin, key, value, headers }: OriginalRecord): RawRecord {
  const own = valuesOf(headers);
  const ours = Uint8Array.from(DeadLetterId.of(origin), (character) => character.charCodeAt(0));
  return { key, value, headers: { ...headers, [replayHeader]: [...own, ours] } };
}

/**
 * Where the first copy of the record at this place lay; undefined where it is no replay. Anyone may write such a header: one
 * that is garbled, of another topic, or of a place that does not come before this one in its partition, says nothing.
 */
export function replayOf(headers: RawRecord['headers'], place: Origin): Origin | undefined {
  const last = valuesOf(headers).at(-1);
  if (last === undefined || last.length > 300) return undefined;
  const origin = unlessBroken(() => DeadLetterId.originOf(DeadLetterId.parse(String.fromCharCode(...last))));
  if (origin?.topic !== place.topic) return undefined;
  return origin.partition === place.partition && origin.offset >= place.offset ? undefined : origin;
}

/** The record as it first came, whether it is the first copy or was published again. */
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
