import {
  type ActivityFeed,
  type ActivityFilter,
  type Cancellation,
  type FeedPage,
  type FeedPosition,
  FeedQuery,
} from '@user-activity/domain';
import type { FeedWatch } from './feed-watch.ts';
import type { FollowedLog } from './followed-log.ts';

/** The page of the feed to read, and how to read it. */
export interface FeedReadOptions {
  readonly filter: ActivityFilter;
  readonly after: FeedPosition | 'beginning' | 'end';
  /** The maximum number of activities. Default: 50. */
  readonly limit?: number | undefined;
  /** Ends the wait for activities when it is aborted. Undefined: does not wait. */
  readonly until?: Cancellation | undefined;
  /** Calls `read`, once for each query of the store. So a caller can limit the queries without limiting the wait between them. */
  readonly run: (read: () => Promise<FeedPage>) => Promise<FeedPage>;
}

/**
 * Returns the activities that match a filter and follow a position in the feed. If there are none, waits until some are readable, or until
 * `until` is aborted. Throws FEED_REPLACED if the position belongs to another log, INVALID_QUERY, STORE_UNAVAILABLE and STORE_TIMEOUT.
 */
export type ReadFeed = (options: FeedReadOptions) => Promise<FeedPage>;

export interface ReadFeedDeps {
  readonly feed: ActivityFeed;
  readonly followedLog: FollowedLog;
  readonly feedWatch: Pick<FeedWatch, 'newsAfter'>;
}

export const makeReadFeed = ({ feed, followedLog, feedWatch }: ReadFeedDeps): ReadFeed => {
  const positionOf = async (after: FeedReadOptions['after']): Promise<FeedPosition> => {
    if (after === 'beginning') return followedLog.beginning();
    if (after === 'end') return followedLog.end();
    await followedLog.assertHas(after);
    return after;
  };

  return async function readFeed({ filter, after, limit, until, run }) {
    for (let query = FeedQuery.of({ filter, position: await positionOf(after), limit }); ; ) {
      const current = query;
      const page = await run(() => feed.read(current));
      if (page.activities.length > 0 || page.hasMore) return page;
      const hasNews = until !== undefined && (await feedWatch.newsAfter(page.position, until));
      // Updates the log, as the watch does. Otherwise a reader of a replaced log would get empty pages forever.
      if (until === undefined) await followedLog.settled();
      await followedLog.assertHas(page.position);
      if (!hasNews) return page;
      query = query.from(page.position);
    }
  };
};
