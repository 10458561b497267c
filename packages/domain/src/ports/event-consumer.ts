import type { LogRecord } from '../log/log-record.ts';
import type { Cancellation } from '../shared/cancellation.ts';

/**
 * Does something with records of one partition, in their order. It resolves when all of them are dealt with for good.
 * When it rejects, or was cancelled before it was done, the same records come again.
 */
export type RecordHandler = (records: readonly LogRecord[], signal: Cancellation) => Promise<unknown>;

/** How far a group is with a partition. The group is behind by `end - committed`. */
export interface PartitionProgress {
  readonly partition: number;
  /** The offset of the first record that the group is not through with; where there is none, `end`. */
  readonly committed: number;
  /** The offset that the next record will get. */
  readonly end: number;
}

/**
 * The consuming side of the log, as one member of one consumer group. The partitions are shared out among the members.
 *  L1 Complete     a group that is new gets everything that the log still holds, from its beginning.
 *  L2 Ordered      the records of a partition come in the order of their offsets, one batch after the other.
 *  L3 Patient      a batch is committed only after the handler resolved: if it rejects, or anything dies before, the records
 *                  come again, and none behind them in the partition was handled in between.
 *  L4 Remembering  what was committed does not come again to the group, also to another handle.
 *  L5 Independent  each group gets every record, at its own pace.
 *  L6 Tolerant     an unreadable record is delivered in order, with the reason and its bytes unchanged. Records that can only be read
 *                  together, as a compressed batch, come as one, at the first of their offsets.
 *  L7 Bounded      at most 1,000 records to a batch, and no empty one.
 *  L8 Stopping     `stop` cancels the handler's signal and waits for the handlers to settle; afterwards none is called.
 *  L9 Faithful     an activity that was published comes out equal, its metadata deep-equal, whatever its keys are called.
 *  L10 Telling     `ended` resolves after `stop`, and rejects when the member can't go on by itself: another must be started.
 *  L11 Honest      `ping` rejects with LOG_UNAVAILABLE while the member can't be given records, and works again afterwards.
 *  L12 Attributing  of a record that was published again it tells the origin of the first copy. A header that is garbled, of another
 *                  topic, or of a later place in its partition says nothing; whoever may write to the log is trusted for the rest.
 *  L13 Measured    `progress` tells how far the group is and how far the log goes, of every partition that is the member's; while
 *                  it is not in its group, of all. It rejects with LOG_UNAVAILABLE while the log does not answer.
 */
export interface EventConsumer {
  /** Settles when no record will be delivered any more. */
  readonly ended: Promise<void>;
  /** Resolves once the member has joined its group. Called once. */
  start(handler: RecordHandler): Promise<void>;
  /** Resolves while the member is in its group and the log answers. */
  ping(): Promise<void>;
  /** In no particular order. What this handle has not been told of counts too: it asks the log. */
  progress(): Promise<readonly PartitionProgress[]>;
  /** May be called again, to no further effect. */
  stop(): Promise<void>;
}
