import type { ActivityFilter, ActivityRepository } from '@user-activity/domain';
import { withNarrowingHint } from './with-narrowing-hint.ts';

/** Returns the exact number of activities that match a filter. Throws STORE_UNAVAILABLE, and STORE_TIMEOUT with a hint on how to narrow it. */
export type CountActivities = (filter: ActivityFilter) => Promise<number>;

export const makeCountActivities = (deps: { readonly repository: ActivityRepository }): CountActivities =>
  async function countActivities(filter) {
    return withNarrowingHint(filter, () => deps.repository.count(filter));
  };
