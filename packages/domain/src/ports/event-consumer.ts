import type { LogRecord } from '../log/log-record.ts';
import type { Cancellation } from '../shared/cancellation.ts';

/** A span of offsets of one partition. It includes `from` and excludes `to`. */
export interface OffsetSpan {
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Handles a batch of records of one partition in order, and resolves once all are handled. If the handler rejects, or is cancelled before it
 * resolves, the same records are delivered again. `span` begins where the span of the previous batch ended, and ends where the next one will
 * begin. Offsets without a record make it wider than the records. If none of its offsets has a record, `records` is empty.
 */
export type RecordHandler = (
  records: readonly LogRecord[],
  signal: Cancellation,
  span: OffsetSpan,
) => Promise<unknown>;

/**
 * Returns the offset from which a member must handle a partition: `next`, where its group would continue, or a lower one. If it rejects with
 * any error but a DomainError, the member ends; see L14.
 */
export type ResumeAt = (partition: number, next: number) => Promise<number>;

/** The progress of a consumer group in one partition. The lag of the group is `end - committed`. */
export interface PartitionProgress {
  readonly partition: number;
  /** The offset of the oldest record that the log still holds; `end` if it holds none. */
  readonly oldest: number;
  /** The offset of the first uncommitted record; `end` if the group has committed all records. */
  readonly committed: number;
  /** The offset that the next record will get. */
  readonly end: number;
  /**
   * Whether the committed offset has the mark of a member that was started with `resumeAt`. Such a member commits only after `resumeAt` has
   * resolved. Members of older versions set no mark. Always false for a log in the same file as its store, because a backup restores both
   * together, so nobody needs the mark.
   */
  readonly isMarked: boolean;
}

/** Notified when a member joins or leaves its consumer group. */
export interface GroupObserver {
  /** Called when the member joined its group and was assigned this number of partitions. */
  joined(partitions: number): void;
  /** Called when the member left its group. Its partitions go to other members, and its pending work is cancelled. */
  left(): void;
}

/** Notified of failed attempts to use the log or the store, and of the first success after them. `failures` is the number of failures in a row. */
export interface OutageObserver {
  failed(error: unknown, failures: number): void;
  recovered(failures: number): void;
}

/**
 * Consumes the log as one member of a consumer group. The members of a group share the partitions.
 *  L1 Complete     a new group gets every record that the log still holds, from the oldest on.
 *  L2 Ordered      the records of a partition are delivered in the order of their offsets, one batch after the other.
 *  L3 Patient      a batch is committed only after its handler resolved. If the handler rejects, or the process or the log dies
 *                  before, the records are delivered again, and no later record of the partition is handled in between.
 *  L4 Remembering  committed records are not delivered to the group again, whichever handle is used.
 *  L5 Independent  each group gets every record, at its own pace.
 *  L6 Tolerant     an unreadable record is delivered in order, with the reason and its raw bytes. If records that can only be read together,
 *                  such as those of a compressed batch, are unreadable, they are delivered as one record at the first of their offsets.
 *  L7 Bounded      a batch has at most 1,000 records. It has no records only if no offset of its span has one.
 *  L8 Stopping     `stop` cancels the signal of the running handlers, and waits until they have resolved or rejected. Afterwards no handler
 *                  is called.
 *  L9 Faithful     a published activity comes out equal, its metadata deep-equal, whatever its keys are.
 *  L10 Telling     `ended` resolves after `stop`. It rejects if the member can't continue. Then start another member.
 *  L11 Honest      `ping` rejects with LOG_UNAVAILABLE while the member can't receive records, and works again afterwards.
 *  L12 Attributing  a replay of a dead letter is delivered with the origin of the original record in `replayOf`. That may be on another log of
 *                  the topic, with any offset. A replay header that is malformed or names another topic is ignored. Every other one is
 *                  trusted, as producers are. The consumer does not know its log, so it compares no offsets: `locatedRecord` does that.
 *  L13 Measured    `progress` returns the `PartitionProgress` of each of the member's partitions, or of all partitions while the member is not
 *                  in its group. It rejects with LOG_UNAVAILABLE while the log does not answer.
 *  L14 Resuming    the member calls `resumeAt` for each of its partitions at each assignment, even if no record waits there. It also
 *                  calls it before a batch is repeated, and before a batch that begins after a gap. If the returned offset is lower
 *                  than where the member would continue, the member goes back to it before it handles anything else. If `resumeAt` rejects
 *                  with a DomainError, the member calls it again. If it rejects with another error, `ended` rejects with that error.
 */
export interface EventConsumer {
  /** Resolves or rejects once no more records will be delivered; see L10. */
  readonly ended: Promise<void>;
  /** Resolves once the member has joined its group. May be called only once. Without `resumeAt`, continues at the committed offsets. */
  start(handler: RecordHandler, resumeAt?: ResumeAt): Promise<void>;
  /** Resolves if the member is in its group and the log answers. */
  ping(): Promise<void>;
  /** Returns the partitions in any order. Queries the log, so the offsets include records that this handle has not received. */
  progress(): Promise<readonly PartitionProgress[]>;
  /** Leaves the group; see L8. Further calls have no effect. */
  stop(): Promise<void>;
}
