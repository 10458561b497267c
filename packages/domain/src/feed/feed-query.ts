import type { StoredActivity } from '../activity/stored-activity.ts';
import type { ActivityFilter } from '../query/activity-filter.ts';
import { assertValidQuery } from '../query/invalid-query.ts';
import { defaultLimit, maxLimit } from '../query/page-query.ts';
import type { FeedPosition } from './feed-position.ts';

/** Asks for the activities that match a filter and follow a position in the feed. `of` checks the limit, so stores need not check it. */
export class FeedQuery {
  readonly filter: ActivityFilter;
  readonly position: FeedPosition;
  /** The maximum number of activities in the page, 1-500. */
  readonly limit: number;

  private constructor(filter: ActivityFilter, position: FeedPosition, limit: number) {
    this.filter = filter;
    this.position = position;
    this.limit = limit;
  }

  /** Makes a query. The default limit is 50. Throws INVALID_QUERY if the limit is not a whole number from 1 to 500. */
  static of({
    filter,
    position,
    limit = defaultLimit,
  }: Pick<FeedQuery, 'filter' | 'position'> & { readonly limit?: number | undefined }): FeedQuery {
    if (!Number.isInteger(limit) || limit < 1 || limit > maxLimit)
      assertValidQuery([{ path: '/limit', message: `must be a whole number from 1 to ${maxLimit}` }]);
    return new FeedQuery(filter, position, limit);
  }

  /** Returns a copy of this query with another position. */
  from(position: FeedPosition): FeedQuery {
    return new FeedQuery(this.filter, position, this.limit);
  }
}

/** A page of the feed. An activity is in the feed once it is settled, which means that the store has handled every record before it. */
export interface FeedPage {
  readonly activities: readonly StoredActivity[];
  /** The position before the page. */
  readonly start: FeedPosition;
  /** The position after the page. It may have advanced although the page is empty. */
  readonly position: FeedPosition;
  /** Whether settled activities after the page are left to be examined. If not, the next page is empty until more are settled. */
  readonly hasMore: boolean;
}
