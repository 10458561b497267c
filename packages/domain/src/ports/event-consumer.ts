import type { LogRecord } from '../log/log-record.ts';
import type { Cancellation } from '../shared/cancellation.ts';

/** Offsets of a partition, from `from` to below `to`. */
export interface OffsetSpan {
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Handles records of one partition in their order, and resolves once all are handled. If the handler rejects, or is cancelled
 * before it resolves, the same records are delivered again. `span` begins where the span of the batch before ended, and has all offsets
 * that are done with once these records are handled. It is wider than the records where offsets have no record of their own. There are
 * no records if no offset of the span has one.
 */
export type RecordHandler = (
  records: readonly LogRecord[],
  signal: Cancellation,
  span: OffsetSpan,
) => Promise<unknown>;

/**
 * Returns the offset from which a member must handle a partition: `next`, where the group continues, or a lower one. Any rejection
 * but a DomainError ends the member.
 */
export type ResumeAt = (partition: number, next: number) => Promise<number>;

/** The progress of a group in one partition. The group lags by `end - committed`. */
export interface PartitionProgress {
  readonly partition: number;
  /** The offset of the oldest record that the log still holds; `end` if it holds none. */
  readonly oldest: number;
  /** The offset of the first uncommitted record; `end` if the group has committed all. */
  readonly committed: number;
  /** The offset that the next record will get. */
  readonly end: number;
  /**
   * Whether a member that was started with `resumeAt` committed the offset. Such a member commits once `resumeAt` has answered. Members of
   * older versions leave no mark. False also for a log in the same file as its store: both are restored together, so nobody needs the mark.
   */
  readonly isMarked: boolean;
}

/** Notified when a member joins and leaves its consumer group. */
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
 *  L1 Complete     a new group gets every record that the log still holds, from the oldest on.
 *  L2 Ordered      the records of a partition are delivered in the order of their offsets, one batch after the other.
 *  L3 Patient      a batch is committed only after its handler resolved. If the handler rejects, or the process or the log dies
 *                  before, the records are delivered again, and no later record of the partition is handled in between.
 *  L4 Remembering  committed records are not delivered to the group again, not even to another handle.
 *  L5 Independent  each group gets every record, at its own pace.
 *  L6 Tolerant     an unreadable record is delivered in order, with the reason and its raw bytes. Records that can only be read
 *                  together, such as a compressed batch, are delivered as one, at the first of their offsets.
 *  L7 Bounded      a batch has at most 1,000 records, and none only if no offset of its span has a record.
 *  L8 Stopping     `stop` cancels the handler's signal and waits for the handlers to settle. Afterwards no handler is called.
 *  L9 Faithful     a published activity comes out equal, its metadata deep-equal, whatever its keys are.
 *  L10 Telling     `ended` resolves after `stop`. It rejects if the member can't continue: start another one.
 *  L11 Honest      `ping` rejects with LOG_UNAVAILABLE while the member can't receive records, and works again afterwards.
 *  L12 Attributing  a record that was published again carries the origin of its first copy, which may be on another log of the topic,
 *                  with any offset. A replay header that is malformed or names another topic is ignored. All others are
 *                  trusted, because producers are. The consumer does not know its log, so it compares no offsets: `locatedRecord` does.
 *  L13 Measured    `progress` returns the oldest, committed and end offsets of the member's partitions, or of all partitions while the member
 *                  is not in its group, and tells for each whether its commit is marked. It rejects with LOG_UNAVAILABLE while the log
 *                  does not answer.
 *  L14 Resuming    the member calls `resumeAt` for each of its partitions at each assignment, even if no record waits there. It also
 *                  calls it before a batch is repeated, and before a batch that begins after a gap. If the returned offset is lower
 *                  than where the member would continue, it continues there and handles nothing before. It calls again if
 *                  `resumeAt` rejects with a DomainError. If `resumeAt` rejects with another error, `ended` rejects with it.
 */
export interface EventConsumer {
  /** Settles once no more records will be delivered; see L10. */
  readonly ended: Promise<void>;
  /** Resolves once the member has joined its group. Call it once. Default of `resumeAt`: continues where the group has committed. */
  start(handler: RecordHandler, resumeAt?: ResumeAt): Promise<void>;
  /** Resolves if the member is in its group and the log answers. */
  ping(): Promise<void>;
  /** Queries the log, so the numbers include records that this handle did not receive. In any order. */
  progress(): Promise<readonly PartitionProgress[]>;
  /** Further calls have no effect. */
  stop(): Promise<void>;
}
