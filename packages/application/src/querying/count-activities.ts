import type { ActivityFilter, ActivityRepository } from '@user-activity/domain';
import { askTheStore } from './ask-the-store.ts';

/** How many activities a filter lets through, exactly. Throws STORE_UNAVAILABLE, and STORE_TIMEOUT with what to narrow. */
export type CountActivities = (filter: ActivityFilter) => Promise<number>;

export const makeCountActivities = ({
  repository,
}: {
  readonly repository: ActivityRepository;
}): CountActivities =>
  async function countActivities(filter) {
    return askTheStore(filter, () => repository.count(filter));
  };
