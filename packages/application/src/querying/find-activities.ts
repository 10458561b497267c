import type {
  ActivityKey,
  ActivityPage,
  ActivityQuery,
  ActivityRepository,
  StoredActivity,
} from '@user-activity/domain';
import { withNarrowingHint } from './with-narrowing-hint.ts';

/** Returns one page of activities. Throws STORE_UNAVAILABLE, and STORE_TIMEOUT with a hint on how to narrow the filter. */
export type FindActivities = (query: ActivityQuery) => Promise<ActivityPage>;

export const makeFindActivities = (deps: { readonly repository: ActivityRepository }): FindActivities =>
  async function findActivities(query) {
    return withNarrowingHint(query.filter, () => deps.repository.find(query));
  };

/** Returns the activity with a key, or undefined if none is stored. Throws STORE_UNAVAILABLE and STORE_TIMEOUT. */
export type FindActivity = (key: ActivityKey) => Promise<StoredActivity | undefined>;

export const makeFindActivity = (deps: { readonly repository: ActivityRepository }): FindActivity =>
  async function findActivity(key) {
    return deps.repository.findById(key);
  };
