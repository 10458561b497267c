import type {
  ActivityId,
  ActivityPage,
  ActivityQuery,
  ActivityRepository,
  StoredActivity,
} from '@user-activity/domain';
import { askTheStore } from './ask-the-store.ts';

/** One page of the activities that a query asks for. Throws STORE_UNAVAILABLE, and STORE_TIMEOUT with what to narrow. */
export type FindActivities = (query: ActivityQuery) => Promise<ActivityPage>;

export const makeFindActivities = ({
  repository,
}: {
  readonly repository: ActivityRepository;
}): FindActivities =>
  async function findActivities(query) {
    return askTheStore(query.filter, () => repository.find(query));
  };

/** The one activity of that id, or undefined. Throws STORE_UNAVAILABLE and STORE_TIMEOUT. */
export type FindActivity = (id: ActivityId) => Promise<StoredActivity | undefined>;

export const makeFindActivity = ({ repository }: { readonly repository: ActivityRepository }): FindActivity =>
  async function findActivity(id) {
    return repository.findById(id);
  };
