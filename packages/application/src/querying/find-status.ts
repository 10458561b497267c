import { type ActivityKey, ActivityKeyText, type ActivityStatus } from '@user-activity/domain';
import { lookUp, type LookupDeps } from './look-up.ts';

/** Returns the status of the activity with a key. Throws STORE_UNAVAILABLE and STORE_TIMEOUT. */
export type FindStatus = (key: ActivityKey) => Promise<ActivityStatus>;

export const makeFindStatus = (deps: LookupDeps): FindStatus =>
  async function findStatus(key) {
    const { stored, died } = await lookUp(deps, [key]);
    const text = ActivityKeyText.of(key);
    if (stored.has(text)) return 'stored';
    return died.has(text) ? 'dead_lettered' : 'unknown';
  };
