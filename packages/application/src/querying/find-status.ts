import type { ActivityId, ActivityStatus } from '@user-activity/domain';
import { lookUp, type LookupDeps } from './look-up.ts';

/** Returns the status of an id. Throws STORE_UNAVAILABLE and STORE_TIMEOUT. */
export type FindStatus = (id: ActivityId) => Promise<ActivityStatus>;

export const makeFindStatus = (deps: LookupDeps): FindStatus =>
  async function findStatus(id) {
    const { stored, died } = await lookUp(deps, [id]);
    if (stored.has(id)) return 'stored';
    return died.has(id) ? 'dead_lettered' : 'unknown';
  };
