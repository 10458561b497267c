import type { LogRecord } from '../log/log-record.ts';
import type { Cancellation } from '../shared/cancellation.ts';

/**
 * Handles records of one partition, in their order. It resolves once all of them are handled for good.
 * If it rejects, or is cancelled before it has finished, the same records are delivered again.
 */
export type RecordHandler = (records: readonly LogRecord[], signal: Cancellation) => Promise<unknown>;

/** The progress of a group in one partition. The group lags by `end - committed`. */
export interface PartitionProgress {
  readonly partition: number;
  /** The offset of the first record that the group has not committed; `end` if it has committed all. */
  readonly committed: number;
  /** The offset that the next record will get. */
  readonly end: number;
}

/** Receives the changes of a member's place in its consumer group, for metrics. */
export interface GroupObserver {
  /** Called when the member joined its group and was assigned this number of partitions. */
  joined(partitions: number): void;
  /** Called when the member left its group. Its partitions go to others, and pending work is cancelled. */
  left(): void;
}

/** Receives each failed attempt to use the log or the store, and the first success after failures. */
export interface OutageObserver {
  failed(error: unknown, failures: number): void;
  recovered(failures: number): void;
}

/**
 * Consumes the log as one member of a consumer group. The members share the partitions.
 *  L1 Complete     a new group gets everything that the log still holds, from its beginning.
 *  L2 Ordered      the records of a partition are delivered in the order of their offsets, one batch after the other.
 *  L3 Patient      a batch is committed only after its handler resolved. If the handler rejects, or anything dies before, the records
 *                  are delivered again, and no later record of the partition was handled in between.
 *  L4 Remembering  committed records are not delivered to the group again, not even to another handle.
 *  L5 Independent  each group gets every record, at its own pace.
 *  L6 Tolerant     an unreadable record is delivered in order, with the reason and its raw bytes. Records that can only be read
 *                  together, such as a compressed batch, are delivered as one, at the first of their offsets.
 *  L7 Bounded      a batch has 1 to 1,000 records.
 *  L8 Stopping     `stop` cancels the handler's signal and waits for the handlers to settle. Afterwards no handler is called.
 *  L9 Faithful     a published activity comes out equal, its metadata deep-equal, whatever its keys are.
 *  L10 Telling     `ended` resolves after `stop`. It rejects if the member can't continue: start another one.
 *  L11 Honest      `ping` rejects with LOG_UNAVAILABLE while the member can't receive records, and works again afterwards.
 *  L12 Attributing  a record that was published again carries the origin of its first copy. A replay header that is malformed, names
 *                  another topic, or names a later offset of its partition is ignored. Any other is trusted: producers are.
 *  L13 Measured    `progress` returns the committed and end offsets of the member's partitions, or of all partitions while the member
 *                  is not in its group. It rejects with LOG_UNAVAILABLE while the log does not answer.
 */
export interface EventConsumer {
  /** Settles once no more records will be delivered; see L10. */
  readonly ended: Promise<void>;
  /** Resolves once the member has joined its group. Call it once. */
  start(handler: RecordHandler): Promise<void>;
  /** Resolves if the member is in its group and the log answers. */
  ping(): Promise<void>;
  /** Asks the log, so it includes records that this handle was not given. In no particular order. */
  progress(): Promise<readonly PartitionProgress[]>;
  /** Further calls have no effect. */
  stop(): Promise<void>;
}
