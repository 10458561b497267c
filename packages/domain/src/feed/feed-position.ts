import type { LogId } from '../log/log-id.ts';
import type { LogPosition } from '../log/log-position.ts';

/** A position in the feed of a log. What lies before it never changes, so a reader can continue there at any later time. */
export interface FeedPosition {
  readonly log: LogId;
  /** The offset of partition i at index i: what lies below it was read. A partition without an offset begins at 0. */
  readonly offsets: readonly number[];
  /** The partition with which the next page begins, so that a busy partition does not keep readers from the others. */
  readonly turn: number;
}

export const FeedPosition = {
  /** The beginning of the feed. */
  start: (log: LogId): FeedPosition => ({ log, offsets: [], turn: 0 }),
  /** Returns the end of the feed. Takes the settled offset of partition i at index i. */
  end: (log: LogId, settled: readonly number[]): FeedPosition => ({ log, offsets: settled, turn: 0 }),
  /** Returns the position right after an activity, the first one after this position. */
  after: ({ log, offsets, turn }: FeedPosition, { partition, offset }: LogPosition): FeedPosition => {
    const advanced = Array.from(
      { length: Math.max(offsets.length, partition + 1) },
      (_, index) => offsets[index] ?? 0,
    );
    advanced[partition] = offset + 1;
    return { log, offsets: advanced, turn };
  },
  /** Returns whether something was settled after the position. */
  isBefore: ({ offsets }: FeedPosition, settled: readonly number[]): boolean =>
    settled.some((offset, partition) => offset > (offsets[partition] ?? 0)),
};
