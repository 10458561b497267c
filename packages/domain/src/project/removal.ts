import type { ActivityId } from '../activity/activity-id.ts';
import type { ProjectId } from '../activity/project-id.ts';
import type { Timestamp } from '../activity/timestamp.ts';
import type { DeadLetterId } from '../log/dead-letter-id.ts';
import type { Position } from '../query/activity-query.ts';
import type { Erasure } from './project.ts';

/** Asks for the removal of activities of a project, one portion at a time, oldest first by (createdAt, id). */
export interface ActivityRemoval {
  readonly project: ProjectId;
  /** Only activities created before this time are removed. If undefined, the time of creation does not matter. */
  readonly createdBefore: Timestamp | undefined;
  /** Only activities received at or before this time are removed. If undefined, the time of receipt does not matter. */
  readonly receivedUpTo: Timestamp | undefined;
  /** The position after which the portion begins; undefined for the beginning. */
  readonly after: Position | undefined;
  /** The maximum number of activities that the portion looks at. */
  readonly limit: number;
}

/** The result of removing one portion. */
export interface RemovedPortion {
  /** The number of removed activities. */
  readonly removed: number;
  /** The position after which the next portion begins. Undefined if this was the last portion. */
  readonly next: Position | undefined;
}

/** A record of the log that the erasure of its project covers. */
export interface ErasedRecord extends Erasure {
  readonly id: ActivityId;
  /** The id of the dead letter that the record became, if it became one. */
  readonly letterId: DeadLetterId;
}
