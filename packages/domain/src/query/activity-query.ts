import type { ActivityId } from '../activity/activity-id.ts';
import type { StoredActivity } from '../activity/stored-activity.ts';
import type { Timestamp } from '../activity/timestamp.ts';
import type { ActivityFilter } from './activity-filter.ts';
import { maxPageBytes, pageLength } from './page-end.ts';
import { PageQuery } from './page-query.ts';

/** A position in a walk over pages of activities: right after the activity with this time and id. */
export interface Position {
  readonly createdAt: Timestamp;
  readonly id: ActivityId;
}

/** Asks for one page of a walk over the activities that match a filter. `ActivityQuery.of` makes it and checks its limit. */
export type ActivityQuery = PageQuery<ActivityFilter, Position>;
export const ActivityQuery: { readonly of: typeof PageQuery.of<ActivityFilter, Position> } = PageQuery;

/** A page of activities. */
export interface ActivityPage {
  readonly activities: readonly StoredActivity[];
  /** Whether at least one more activity follows. */
  readonly hasMore: boolean;
}

export const ActivityPage: { of(found: readonly StoredActivity[], limit: number): ActivityPage } = {
  /**
   * Makes a page from the beginning of `found`, with at most `limit` activities and `maxPageBytes`. If the store has more than `limit`
   * activities, `found` must have at least one more than `limit`, so that `hasMore` is right.
   */
  of(found, limit) {
    // Nearly every page is far below the limit, so its exact size is not needed.
    const isSmall = found.reduce((sum, activity) => sum + activity.maxTextBytes(), 0) <= maxPageBytes;
    const length = isSmall
      ? Math.min(found.length, limit)
      : pageLength(found, limit, (activity) => activity.textBytes());
    return { activities: found.slice(0, length), hasMore: length < found.length };
  },
};
