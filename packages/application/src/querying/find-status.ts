import type { ActivityId } from '@user-activity/domain';
import { lookUp, type LookupDeps } from './look-up.ts';

/**
 * What is known of an id:
 *  - `stored`         an activity is stored under it;
 *  - `dead_lettered`  none is, and a dead letter names it;
 *  - `unknown`        neither: it was never accepted, or waits on the log.
 */
export type ActivityStatus = 'stored' | 'dead_lettered' | 'unknown';

/** What became of the activity of that id. Throws STORE_UNAVAILABLE and STORE_TIMEOUT. */
export type FindStatus = (id: ActivityId) => Promise<ActivityStatus>;

export const makeFindStatus = (deps: LookupDeps): FindStatus =>
  async function findStatus(id) {
    const { stored, died } = await lookUp(deps, [id]);
    if (stored.has(id)) return 'stored';
    return died.has(id) ? 'dead_lettered' : 'unknown';
  };
