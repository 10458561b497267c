import type { FeedPage, FeedQuery } from '../feed/feed-query.ts';
import type { LogId } from '../log/log-id.ts';

/**
 * Returns the activities of a log page by page, in an order that lets a reader keep its position: new activities only appear after it. The
 * order is by offset within each partition, with the partitions in turn. The settled offset of a partition is the one below which the store
 * has handled every record (see `SettledOffsets`). An activity becomes visible when the settled offset of its partition has passed the offset
 * of its record. Activities that old versions stored without the position of their record are not in the feed.
 *  F1 Complete  a walk from any position returns every matching activity that is visible after the position, whatever is saved or settled
 *               meanwhile, and however late or in whatever order it is saved.
 *  F2 Once      a walk returns no activity twice. The same position can be read again, by any handle.
 *  F3 Ordered   the activities of a partition come in the order of their offsets. So those of a user come in the order of the log.
 *  F4 Settled   an activity is returned only if its offset is below the settled offset of its partition.
 *  F5 Filtered  `read` returns exactly the activities that match the filter. A walk may change its filter, because a position does not
 *               depend on it.
 *  F6 Bounded   a page has at most `limit` activities and about 4 MiB, and examines at most 5,000 entries of its project. If one of these
 *               limits ends the page, `hasMore` is true and the position has advanced.
 *  F7 Apart     what is on one log or in one project never appears in the feed of another.
 *  F8 Waiting   a position that is ahead of the settled offsets stays as it is until they have passed it. So if an older copy replaces the
 *               store, a reader misses nothing and reads nothing twice.
 *  F9 Waking    `onSettled` calls its listener after a settled offset was raised, usually within a few milliseconds. It may also call the
 *               listener without a reason, or miss a change, so a reader must call `settled` now and then.
 *  F10 Honest   while the store is unreachable, `settled` and `read` reject with STORE_UNAVAILABLE or STORE_TIMEOUT, and work again
 *               afterwards. No driver error crosses the port.
 */
export interface ActivityFeed {
  /** Returns the settled offset of partition i at index i, or undefined if the log has none. The offsets may be a little out of date. */
  settled(log: LogId): Promise<readonly number[] | undefined>;
  read(query: FeedQuery): Promise<FeedPage>;
  /** Adds a listener. Returns a function that removes it. */
  onSettled(listener: () => void): () => void;
}
