import { Timestamp } from '../activity/timestamp.ts';
import type { UserActivity } from '../activity/user-activity.ts';
import type { Erasure } from './project.ts';

// The clocks of the processes of a deployment may differ by at most this much.
const maxAheadMs = 5 * 60_000;

/**
 * Returns the latest `erasedAt` that is valid at the time `now`. A later one comes from a process with a wrong clock. An erasure with such a
 * time would remove everything that the service accepts until then, so it is not carried out, and the next erasure of the project replaces it.
 */
export const maxErasedAt = (now: Timestamp): Timestamp => Timestamp.trusted(now + maxAheadMs);

/** Returns whether a process with a wrong clock wrote the `erasedAt` of the erasure. Then the erasure must not be carried out. */
export const isErasedAhead = ({ erasedAt }: Pick<Erasure, 'erasedAt'>, now: Timestamp): boolean =>
  erasedAt > maxErasedAt(now);

/** Returns the new `erasedAt` of a project that is erased at `now`. It is never earlier than the `previous` one, if that is valid. */
export const nextErasedAt = (previous: Timestamp | undefined, now: Timestamp): Timestamp =>
  previous === undefined || isErasedAhead({ erasedAt: previous }, now) || previous < now ? now : previous;

/** Returns whether the erasure covers the activity. */
export const isErased = (
  { project, receivedAt }: Pick<UserActivity, 'project' | 'receivedAt'>,
  erasure: Erasure,
): boolean => project === erasure.project && receivedAt <= erasure.erasedAt;
