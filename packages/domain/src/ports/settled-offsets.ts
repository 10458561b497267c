import type { LogId } from '../log/log-id.ts';
import type { SettledHistory } from '../log/resumption.ts';
import type { OffsetSpan } from './event-consumer.ts';

/** A span of offsets of one partition of a log, of which the store has handled every record. */
export interface SettledStep extends OffsetSpan {
  readonly log: LogId;
}

/**
 * Keeps the settled offset of each partition of each log: the offset below which the store has handled every record of the partition. A
 * handled record is stored, was stored before, or is a dead letter. The settled offsets are stored beside the activities, and a backup has
 * both. So a restored store knows from which offsets the log must be read again.
 *  S1 Rising      `settle` raises the settled offset of the partition to `to`, and never lowers it.
 *  S2 Unbroken    `settle` returns false and changes nothing if the settled offset is below `from`, or if the log has no settled offsets.
 *  S3 Apart       logs and partitions are independent of each other.
 *  S4 First       `begin` sets the settled offsets of a log that has none, all at once. Later calls for the log change nothing. Exactly one
 *                 of N concurrent calls takes effect.
 *  S5 Durable     a new handle on the same store returns at once what another handle has set.
 *  S6 Racing      after N concurrent calls of `settle`, the settled offset is the highest `to` of the calls that returned true.
 *  S7 Telling     `history` returns `empty`, `untracked` or `tracked`; see SettledHistory. It ignores dead letters.
 *  S8 Honest      while the store is unreachable, every method rejects with STORE_UNAVAILABLE or STORE_TIMEOUT, and works again
 *                 afterwards. A failed call is safe to repeat.
 */
export interface SettledOffsets {
  history(): Promise<SettledHistory>;
  /** `offsets` has the settled offset of partition i at index i. */
  begin(log: LogId, offsets: readonly number[]): Promise<void>;
  /** Returns the settled offset of partition i at index i, or undefined if `begin` was never called for the log. */
  find(log: LogId): Promise<readonly number[] | undefined>;
  /** Returns whether the settled offset of the partition is now `to` or higher. */
  settle(step: SettledStep): Promise<boolean>;
}
