import type { LogId } from '../log/log-id.ts';
import type { LogPosition } from '../log/log-position.ts';

/** A position in the feed of a log. No new activities appear before it, so a reader can continue there at any later time. */
export interface FeedPosition {
  readonly log: LogId;
  /** For partition i at index i, the offset below which everything was read. A partition that is not in the list begins at 0. */
  readonly offsets: readonly number[];
  /** The partition with which the next page begins. It changes from page to page, so that a busy partition does not hide the others. */
  readonly turn: number;
}

export const FeedPosition = {
  /** The beginning of the feed. */
  start: (log: LogId): FeedPosition => ({ log, offsets: [], turn: 0 }),
  /** Returns the position at the end of the feed. `settled` has the settled offset of partition i at index i. */
  end: (log: LogId, settled: readonly number[]): FeedPosition => ({ log, offsets: settled, turn: 0 }),
  /** Returns the position right after an activity. The activity must be the first one after the given position. */
  after: ({ log, offsets, turn }: FeedPosition, { partition, offset }: LogPosition): FeedPosition => {
    const advanced = Array.from(
      { length: Math.max(offsets.length, partition + 1) },
      (_, index) => offsets[index] ?? 0,
    );
    advanced[partition] = offset + 1;
    return { log, offsets: advanced, turn };
  },
  /** Returns whether a settled offset is higher than that of the position, so that there is something to read. */
  isBefore: ({ offsets }: FeedPosition, settled: readonly number[]): boolean =>
    settled.some((offset, partition) => offset > (offsets[partition] ?? 0)),
};
