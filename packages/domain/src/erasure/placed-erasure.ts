import { ProjectId } from '../activity/project-id.ts';
import type { Timestamp } from '../activity/timestamp.ts';
import type { DeadLetter } from '../log/dead-letter.ts';
import { isSamePartition, type LogPosition } from '../log/log-position.ts';
import { QualifiedTopic } from '../log/qualified-topic.ts';
import type { ErasureId } from './erasure-id.ts';
import type { UserDigest } from './user-digest.ts';
import type { ErasureMode } from './user-erasure.ts';

/** The erasure of a user, with the log position of its request. It has only a digest of the user's id. */
export interface PlacedErasure {
  readonly id: ErasureId;
  readonly project: ProjectId;
  readonly user: UserDigest;
  readonly mode: ErasureMode;
  readonly requestedAt: Timestamp;
  readonly place: LogPosition;
  /** The topic and log of the request as a `QualifiedTopic`, to compare with those of dead letters. */
  readonly topic: string;
}

/** The values of an activity that decide whether an erasure of its user covers it. */
export interface Placed {
  /**
   * The log position of the activity's record. If the record is a replay of a dead letter, it is that of the original record. Undefined if an
   * older version stored the activity, which kept no positions.
   */
  readonly origin: LogPosition | undefined;
  readonly receivedAt: Timestamp;
}

/**
 * Returns whether an erasure covers an activity of its user. On the partition of the request, the offset decides. Offsets of different logs
 * or partitions can't be compared, so there the time of receipt decides. An activity without a position is always covered.
 */
export function isCovered({ origin, receivedAt }: Placed, { place, requestedAt }: PlacedErasure): boolean {
  if (origin === undefined) return true;
  return isSamePartition(origin, place) ? origin.offset < place.offset : receivedAt <= requestedAt;
}

/**
 * Returns whether an erasure covers a dead letter of its user. If the origin of the letter is on the partition of the request, the offset
 * decides, otherwise the time at which the letter was made.
 */
export const isLetterCovered = (
  { origin, diedAt }: Pick<DeadLetter, 'origin' | 'diedAt'>,
  { topic, place, requestedAt }: PlacedErasure,
): boolean =>
  QualifiedTopic.of(origin) === topic && origin.partition === place.partition
    ? origin.offset < place.offset
    : diedAt <= requestedAt;

/**
 * Compares two erasures of a user, to sort them: on one partition by their offsets, which is the order in which consumers handle them, and
 * otherwise by the time of the request.
 */
export const compareErasures = (left: PlacedErasure, right: PlacedErasure): number =>
  isSamePartition(left.place, right.place)
    ? left.place.offset - right.place.offset
    : left.requestedAt - right.requestedAt;

/** Returns the erasure whose mode applies to an activity of the user: the first one that covers it, in the order of `compareErasures`. */
export const decidingErasure = <Erasure extends PlacedErasure>(
  erasures: readonly Erasure[],
  activity: Placed,
): Erasure | undefined =>
  erasures
    .filter((erasure) => isCovered(activity, erasure))
    .toSorted(compareErasures)
    .at(0);

/**
 * Returns the projects whose unreadable records and dead letters may belong to a user of the project. `_system` is one of them, because it
 * gets each record that names an invalid project or two different ones.
 */
export const projectsOfUser = (project: ProjectId): readonly ProjectId[] => [project, ProjectId.system];
