import { Timestamp } from '../activity/timestamp.ts';
import type { UserActivity } from '../activity/user-activity.ts';
import type { Erasure } from './project.ts';

// More than the clocks of the processes of a deployment may differ.
const maxAheadMs = 5 * 60_000;

/**
 * Returns the latest `erasedAt` that counts if a project is erased at `now`. A later one was written with a wrong clock, and would
 * erase everything that the service accepts until then. So a new erasure replaces it. An earlier erasure never takes a later one back.
 */
export const maxErasedAt = (now: Timestamp): Timestamp => Timestamp.trusted(now + maxAheadMs);

/** Returns whether the time of an erasure was written with a wrong clock. Then the erasure must not be carried out. */
export const isErasedAhead = ({ erasedAt }: Pick<Erasure, 'erasedAt'>, now: Timestamp): boolean =>
  erasedAt > maxErasedAt(now);

/** Returns the `erasedAt` of a project that is erased at `now`, if it was erased before at `previous`. */
export const nextErasedAt = (previous: Timestamp | undefined, now: Timestamp): Timestamp =>
  previous === undefined || isErasedAhead({ erasedAt: previous }, now) || previous < now ? now : previous;

/** Returns whether the erasure covers the activity. */
export const isErased = (
  { project, receivedAt }: Pick<UserActivity, 'project' | 'receivedAt'>,
  erasure: Erasure,
): boolean => project === erasure.project && receivedAt <= erasure.erasedAt;
