import { MetadataText } from '../activity/metadata-text.ts';
import type { ProjectId } from '../activity/project-id.ts';
import type { UserActivity } from '../activity/user-activity.ts';
import type { Position } from '../query/activity-query.ts';
import { utf8Bytes } from '../shared/json-bytes.ts';

/** Asks for the size of the activities of a project, one portion at a time, oldest first by (createdAt, id). */
export interface ActivityMeasurement {
  readonly project: ProjectId;
  /** The position after which the portion begins; undefined for the beginning. */
  readonly after: Position | undefined;
  /** The maximum number of activities in the portion. */
  readonly limit: number;
}

/** The result of measuring one portion. */
export interface MeasuredPortion {
  /** The size of the activities in the portion in bytes, as the store counts them. */
  readonly bytes: number;
  /** The position after which the next portion begins. Undefined if this was the last portion. */
  readonly next: Position | undefined;
}

/** An estimate of the bytes that a store needs for an activity besides its texts and metadata: for times, origin and names of members. */
export const activityOverheadBytes = 150;

/** Estimates the number of bytes that a store will count for an activity. */
export const storedBytesOf = ({ project, id, userId, type, metadata }: UserActivity): number =>
  activityOverheadBytes +
  utf8Bytes(project) +
  utf8Bytes(id) +
  utf8Bytes(userId) +
  utf8Bytes(type) +
  utf8Bytes(MetadataText.of(metadata));
