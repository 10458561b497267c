import { unlessBroken } from '../shared/violation.ts';
import { DeadLetterId } from './dead-letter-id.ts';
import type { LogRecord, Origin, OriginalRecord, RawRecord } from './log-record.ts';

// A replay is a record that repeats a dead letter. The record that became the dead letter is the original.

/** The header that marks a record as a replay. Its value is the dead letter's id, which is the origin of the original. */
export const replayHeader = 'user-activity-replay-of';

/** Returns the replay of a dead letter, ready to be published: the original bytes, with `replayHeader` added. */
export function replayed({ origin, key, value, headers }: OriginalRecord): RawRecord {
  const existing = valuesOf(headers);
  const added = Uint8Array.from(DeadLetterId.of(origin), (character) => character.charCodeAt(0));
  return { key, value, headers: { ...headers, [replayHeader]: [...existing, added] } };
}

/**
 * Returns the origin of the original if a record of the topic is a replay, and undefined otherwise. Ignores a header that is malformed or
 * names another topic, because anyone may write headers. The original may be on an older log of the topic, so its offset may be higher than
 * that of the replay; `locatedRecord` compares the offsets within one log.
 */
export function replayOf(headers: RawRecord['headers'], topic: string): Origin | undefined {
  const last = valuesOf(headers).at(-1);
  if (last === undefined || last.length > maxHeaderBytes) return undefined;
  const origin = unlessBroken(() => DeadLetterId.originOf(DeadLetterId.parse(String.fromCharCode(...last))));
  return origin?.topic === topic ? origin : undefined;
}

// An upper bound of the length of a dead letter's id.
const maxHeaderBytes = 400;

/** Returns the original of a record, with its origin and its own headers: the record itself, or what it repeats if it is a replay. */
export function firstCopyOf(record: LogRecord): OriginalRecord {
  const { key, value, headers } = record.raw();
  if (record.replayOf === undefined) return { origin: record.origin, key, value, headers };
  const { [replayHeader]: values = [], ...others } = headers;
  const existing = values.slice(0, -1);
  return {
    origin: record.replayOf,
    key,
    value,
    headers: existing.length === 0 ? others : { ...others, [replayHeader]: existing },
  };
}

/** Returns the values of `replayHeader`, of which a record may have several. */
const valuesOf = (headers: RawRecord['headers']): readonly Uint8Array[] =>
  Object.hasOwn(headers, replayHeader) ? (headers[replayHeader] ?? []) : [];
