import type { LogId } from './log-id.ts';

/** The position of a record on a log. It never names another record, because logs are never the same. */
export interface LogPosition {
  readonly log: LogId;
  readonly partition: number;
  readonly offset: number;
}

/**
 * Returns whether an activity that is stored with one position gets another, because the log delivers an earlier record of it, or because a
 * version stored it that kept no positions. So its position is that of its first record, in whatever order its records arrive.
 */
export const replacesOrigin = (
  stored: LogPosition | undefined,
  delivered: LogPosition | undefined,
): boolean =>
  delivered !== undefined &&
  (stored === undefined ||
    (stored.log === delivered.log &&
      stored.partition === delivered.partition &&
      stored.offset > delivered.offset));
