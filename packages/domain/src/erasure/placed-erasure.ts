import { ProjectId } from '../activity/project-id.ts';
import type { Timestamp } from '../activity/timestamp.ts';
import type { DeadLetter } from '../log/dead-letter.ts';
import { isSamePartition, type LogPosition } from '../log/log-position.ts';
import { QualifiedTopic } from '../log/qualified-topic.ts';
import type { ErasureId } from './erasure-id.ts';
import type { UserDigest } from './user-digest.ts';
import type { ErasureMode } from './user-erasure.ts';

/** An erasure with the place of its request on the log. It does not name the user. */
export interface PlacedErasure {
  readonly id: ErasureId;
  readonly project: ProjectId;
  readonly user: UserDigest;
  readonly mode: ErasureMode;
  readonly requestedAt: Timestamp;
  readonly place: LogPosition;
  /** The `QualifiedTopic` of the place, by which dead letters name their log. */
  readonly topic: string;
}

/** The part of an activity or a record that decides whether an erasure of its user covers it. */
export interface Placed {
  /** The place of the first copy of its record. Undefined if older versions stored it, which kept no places. */
  readonly origin: LogPosition | undefined;
  readonly receivedAt: Timestamp;
}

/**
 * Returns whether an erasure covers an activity of its user. On the partition of the request, the offset decides. The order of two logs, or of
 * two partitions, is not known, so there the time of receipt decides. An activity without a place counts as older.
 */
export function isCovered({ origin, receivedAt }: Placed, { place, requestedAt }: PlacedErasure): boolean {
  if (origin === undefined) return true;
  return isSamePartition(origin, place) ? origin.offset < place.offset : receivedAt <= requestedAt;
}

/**
 * Returns whether an erasure covers a dead letter of its user: by the place of its first copy, or for letters of other logs and of the edge
 * by the time of its death.
 */
export const isLetterCovered = (
  { origin, diedAt }: Pick<DeadLetter, 'origin' | 'diedAt'>,
  { topic, place, requestedAt }: PlacedErasure,
): boolean =>
  QualifiedTopic.of(origin) === topic && origin.partition === place.partition
    ? origin.offset < place.offset
    : diedAt <= requestedAt;

/**
 * Orders erasures of a user: those on one partition by their offsets, as consumers handled them, and others by the time of the request. The
 * first one that covers an activity decides about it.
 */
export const compareErasures = (left: PlacedErasure, right: PlacedErasure): number =>
  isSamePartition(left.place, right.place)
    ? left.place.offset - right.place.offset
    : left.requestedAt - right.requestedAt;

/** Returns the erasure that decides about an activity of the user: the first one that covers it, in the order of `compareErasures`. */
export const decidingErasure = <Erasure extends PlacedErasure>(
  erasures: readonly Erasure[],
  activity: Placed,
): Erasure | undefined =>
  erasures
    .filter((erasure) => isCovered(activity, erasure))
    .toSorted(compareErasures)
    .at(0);

/**
 * Returns the projects whose records and dead letters may belong to a user of the project. The names of a project in a record of `_system`
 * contradict each other, so it may belong to any.
 */
export const projectsOfUser = (project: ProjectId): readonly ProjectId[] => [project, ProjectId.system];
