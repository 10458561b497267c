import type { Comparison } from '../activity/comparison.ts';
import type { LogId } from './log-id.ts';

/** The position of a record on a log. It names one record for ever, because no two logs have the same id. */
export interface LogPosition {
  readonly log: LogId;
  readonly partition: number;
  readonly offset: number;
}

/** Returns whether two positions are on the same partition of the same log. Only then does their order by offset say which one came first. */
export const isSamePartition = (first: LogPosition, second: LogPosition): boolean =>
  first.log === second.log && first.partition === second.partition;

/**
 * Returns whether an activity that is stored with one position gets that of a delivered record: if the record is an earlier copy, or if a
 * version stored the activity that kept no positions. A duplicate was sent by itself, so the activity keeps the position of the stored record.
 * Otherwise an erasure between the two would remove what was sent after it.
 */
export const replacesOrigin = (
  comparison: Comparison,
  stored: LogPosition | undefined,
  delivered: LogPosition,
): boolean =>
  comparison !== 'conflict' &&
  (stored === undefined ||
    (comparison === 'redelivered' && isSamePartition(stored, delivered) && stored.offset > delivered.offset));
