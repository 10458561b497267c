import type { LogId } from '../log/log-id.ts';
import type { SettledHistory } from '../log/resumption.ts';
import type { OffsetSpan } from './event-consumer.ts';

/** One step of a partition: all records at these offsets are stored, were stored before, or are dead letters. */
export interface SettledStep extends OffsetSpan {
  readonly log: LogId;
}

/**
 * Keeps the settled offset of each partition of each log in the store: every record below it is stored, was stored before, or is a
 * dead letter. It is as old as the activities beside it, so a store that was restored from a backup tells from where to read the
 * log again.
 *  S1 Rising      `settle` raises the offset to `to`, and never lowers it.
 *  S2 Unbroken    `settle` returns false and changes nothing if the offset is below `from`, or if the log has none.
 *  S3 Apart       logs and partitions are independent.
 *  S4 First       `begin` sets the offsets of a log that has none, all at once. Later calls for the log change nothing. One of N
 *                 concurrent calls decides.
 *  S5 Durable     a new handle on the same store returns what another handle has set, at once.
 *  S6 Racing      after N concurrent calls of `settle`, the offset is the highest `to` whose call returned true.
 *  S7 Telling     `history` returns `empty`, `untracked` or `tracked`; see SettledHistory. Dead letters do not count.
 *  S8 Honest      while the store is unreachable, every method rejects with STORE_UNAVAILABLE or STORE_TIMEOUT, and works again
 *                 afterwards. A failed call is safe to repeat.
 */
export interface SettledOffsets {
  history(): Promise<SettledHistory>;
  /** Takes the offset of partition i at index i. */
  begin(log: LogId, offsets: readonly number[]): Promise<void>;
  /** Returns the offset of partition i at index i, or undefined if `begin` was never called for the log. */
  find(log: LogId): Promise<readonly number[] | undefined>;
  settle(step: SettledStep): Promise<boolean>;
}
