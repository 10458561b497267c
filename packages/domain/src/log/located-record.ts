import type { RegisteredTopic } from '../ports/topic-registry.ts';
import type { LogRecord, Origin } from './log-record.ts';

/**
 * Adds the id of the log to the origin of a delivered record, unless the log is the first one of its topic. Drops a `replayOf` that cannot
 * be true: on the same log and partition, the original must have a lower offset than its replay. Keeps a `replayOf` on another log,
 * whatever its offset is: then a dead letter of an older log was replayed to this log.
 */
export function locatedRecord(
  record: LogRecord,
  { log, isFirst }: Pick<RegisteredTopic, 'log' | 'isFirst'>,
): LogRecord {
  const { replayOf, content } = record;
  if (isFirst && replayOf === undefined) return record;
  const origin: Origin = isFirst ? record.origin : { ...record.origin, log };
  const isPossible = replayOf !== undefined && mayPrecede(replayOf, origin);
  return { origin, ...(isPossible ? { replayOf } : {}), content, raw: () => record.raw() };
}

const mayPrecede = (original: Origin, replay: Origin): boolean =>
  original.log !== replay.log || original.partition !== replay.partition || original.offset < replay.offset;
