import type { RegisteredTopic } from '../ports/topic-registry.ts';
import type { LogRecord, Origin } from './log-record.ts';

/**
 * Adds the log to the origin of a delivered record, unless it is the first log of its topic. Drops `replayOf` if it is on the same log and
 * partition and its offset is not lower, because a first copy lies before its replays. Keeps `replayOf` if it is on another log,
 * whatever its offset: then a dead letter of an older log was replayed to this log.
 */
export function locatedRecord(
  record: LogRecord,
  { log, isFirst }: Pick<RegisteredTopic, 'log' | 'isFirst'>,
): LogRecord {
  const { replayOf, content } = record;
  if (isFirst && replayOf === undefined) return record;
  const origin: Origin = isFirst ? record.origin : { ...record.origin, log };
  const isFirstCopy = replayOf !== undefined && mayPrecede(replayOf, origin);
  return { origin, ...(isFirstCopy ? { replayOf } : {}), content, raw: () => record.raw() };
}

const mayPrecede = (first: Origin, later: Origin): boolean =>
  first.log !== later.log || first.partition !== later.partition || first.offset < later.offset;
