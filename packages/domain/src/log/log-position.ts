import type { Comparison } from '../activity/comparison.ts';
import type { LogId } from './log-id.ts';

/** The position of a record on a log. No other record ever has the same position, because no two logs have the same id. */
export interface LogPosition {
  readonly log: LogId;
  readonly partition: number;
  readonly offset: number;
}

/** Returns whether two positions are on the same partition of the same log. Only then do their offsets say which record came first. */
export const isSamePartition = (first: LogPosition, second: LogPosition): boolean =>
  first.log === second.log && first.partition === second.partition;

/**
 * Returns whether a stored activity gets the position of a delivered record of the same activity. It does if it has no position yet, because
 * an older version stored it. It also does if the log delivers the same record again from an earlier position. It does not for a `duplicate`,
 * which a client sent separately: an erasure between the two positions would then remove the activity, although it was sent after the erasure.
 */
export const replacesOrigin = (
  comparison: Comparison,
  stored: LogPosition | undefined,
  delivered: LogPosition,
): boolean =>
  comparison !== 'conflict' &&
  (stored === undefined ||
    (comparison === 'redelivered' && isSamePartition(stored, delivered) && stored.offset > delivered.offset));
