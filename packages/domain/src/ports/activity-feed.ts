import type { FeedPage, FeedQuery } from '../feed/feed-query.ts';
import type { LogId } from '../log/log-id.ts';

/**
 * Returns activities in an order in which nothing ever appears before the position of a reader: the partitions of one log in turn, and each by offset. An
 * activity is visible once the settled offset of its partition has passed its origin. Activities without an origin, which old versions
 * stored, are not in the feed.
 *  F1 Complete  a walk from any position returns every match that is visible after the position, whatever is saved, settled, saved late,
 *               or saved in another order meanwhile.
 *  F2 Once      a walk returns no activity twice. The same position can be read again, by any handle.
 *  F3 Ordered   the activities of a partition come by offset. So the activities of a user are in the order of the log.
 *  F4 Settled   nothing is returned before its partition is settled beyond it.
 *  F5 Filtered  `read` returns exactly what matches the filter. The position does not depend on it: a walk may change its filter.
 *  F6 Bounded   a page has at most `limit` activities, about 4 MiB, and the matches among 5,000 entries. If one of these ends
 *               it, `hasMore` is true and the position has advanced.
 *  F7 Apart     logs, and projects, are apart.
 *  F8 Waiting   a position that is ahead of the settled offsets stays as it is, until they have passed it. So a reader misses nothing if
 *               an older copy of the store replaces it, and reads nothing twice.
 *  F9 Waking    `onSettled` calls its listener after a settled offset was raised, mostly within some milliseconds. It may call
 *               it without a reason, and may miss some, so a reader must ask `settled` now and then.
 *  F10 Honest   while the store is unreachable, `settled` and `read` reject with STORE_UNAVAILABLE or STORE_TIMEOUT, and work again
 *               afterwards. No driver error crosses the port.
 */
export interface ActivityFeed {
  /** Returns the settled offset of partition i at index i, or undefined if the log has none. May be older than the latest ones. */
  settled(log: LogId): Promise<readonly number[] | undefined>;
  read(query: FeedQuery): Promise<FeedPage>;
  /** Returns a function that ends the calls. */
  onSettled(listener: () => void): () => void;
}
