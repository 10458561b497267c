import type { ActivityId } from '@user-activity/domain';
import { lookUp, type LookupDeps } from './look-up.ts';

/**
 * The status of an id:
 *  - `stored`         an activity with this id is stored;
 *  - `dead_lettered`  no activity with this id is stored, but a dead letter names it;
 *  - `unknown`        neither: the activity was never accepted, or it still waits on the log.
 */
export type ActivityStatus = 'stored' | 'dead_lettered' | 'unknown';

/** Returns the status of an id. Throws STORE_UNAVAILABLE and STORE_TIMEOUT. */
export type FindStatus = (id: ActivityId) => Promise<ActivityStatus>;

export const makeFindStatus = (deps: LookupDeps): FindStatus =>
  async function findStatus(id) {
    const { stored, died } = await lookUp(deps, [id]);
    if (stored.has(id)) return 'stored';
    return died.has(id) ? 'dead_lettered' : 'unknown';
  };
