import { unlessBroken } from '../shared/violation.ts';
import { DeadLetterId } from './dead-letter-id.ts';
import type { LogRecord, Origin, OriginalRecord, RawRecord } from './log-record.ts';

/** The header of a replayed dead letter. Its value is the letter's id, which is the origin of the first copy. */
export const replayHeader = 'user-activity-replay-of';

/** Returns the record to publish for a dead letter: the original bytes, with `replayHeader` added. */
export function replayed({ origin, key, value, headers }: OriginalRecord): RawRecord {
  const own = valuesOf(headers);
  const ours = Uint8Array.from(DeadLetterId.of(origin), (character) => character.charCodeAt(0));
  return { key, value, headers: { ...headers, [replayHeader]: [...own, ours] } };
}

/**
 * Returns the origin of the first copy of a record of the topic, or undefined if the record is no replay. Ignores a header that is
 * malformed or names another topic: anyone may write headers. The first copy may be on an older log of the topic, so its offset
 * may be the higher one; `locatedRecord` compares offsets within one log.
 */
export function replayOf(headers: RawRecord['headers'], topic: string): Origin | undefined {
  const last = valuesOf(headers).at(-1);
  if (last === undefined || last.length > maxHeaderBytes) return undefined;
  const origin = unlessBroken(() => DeadLetterId.originOf(DeadLetterId.parse(String.fromCharCode(...last))));
  return origin?.topic === topic ? origin : undefined;
}

// No id of a dead letter is longer.
const maxHeaderBytes = 400;

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
