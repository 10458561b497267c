import type { ActivityId } from '../activity/activity-id.ts';
import type { ProjectId } from '../activity/project-id.ts';
import type { Timestamp } from '../activity/timestamp.ts';
import type { DeadLetterId } from '../log/dead-letter-id.ts';
import type { Position } from '../query/activity-query.ts';
import type { Erasure } from './project.ts';

/** Asks for the removal of activities of a project, one portion at a time, oldest first by (createdAt, id). */
export interface ActivityRemoval {
  readonly project: ProjectId;
  /** Removes only what was created before this moment; undefined: whatever was created at any time. */
  readonly createdBefore: Timestamp | undefined;
  /** Removes only what was received at or before this moment; undefined: whatever was received at any time. */
  readonly receivedUpTo: Timestamp | undefined;
  /** The position after which the portion begins; undefined for the beginning. */
  readonly after: Position | undefined;
  /** The maximum number of activities that the portion looks at. */
  readonly limit: number;
}

export interface RemovedPortion {
  /** The number of removed activities. */
  readonly removed: number;
  /** The position after which the next portion begins. Undefined if this was the last portion. */
  readonly next: Position | undefined;
}

/** A record of the log whose project was erased. */
export interface ErasedRecord extends Erasure {
  readonly id: ActivityId;
  /** The id of the dead letter that the record became, if it became one. */
  readonly letterId: DeadLetterId;
}
