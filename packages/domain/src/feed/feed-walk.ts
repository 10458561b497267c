import type { StoredActivity } from '../activity/stored-activity.ts';
import { maxPageBytes } from '../query/page-end.ts';
import { FeedPosition } from './feed-position.ts';
import type { FeedPage, FeedQuery } from './feed-query.ts';

/** The maximum number of entries of its project that one page examines, whether they match the filter or not. */
export const maxExamined = 5000;

// A query costs at least as much as examining this many entries. So a page takes at most 250 queries.
const queryCost = 20;
// The maximum number of activities in the first portion of a page. With metadata of 32 KiB each, they have 2 MiB. Each later portion should
// have `portionBytes`, and the average size of the activities read so far tells how many activities that takes.
const firstPortion = 64;
const portionBytes = 2 * 1024 * 1024;

/** Asks a store for the next activities of one partition that match the filter. */
export interface FeedPortionQuery {
  readonly partition: number;
  /** The first offset. */
  readonly from: number;
  /** The offset after the last one. */
  readonly to: number;
  /** The maximum number of activities that match. */
  readonly max: number;
  /** The maximum number of entries to examine. */
  readonly maxExamined: number;
}

/** What a store returns for a `FeedPortionQuery`. */
export interface FeedPortion {
  /** The activities that match, sorted by offset. */
  readonly activities: readonly StoredActivity[];
  /** The offset after the examined entries: after the last activity if there are `max` activities. */
  readonly end: number;
  /** The number of examined entries, or an upper bound of it. */
  readonly examined: number;
}

/** Reads a portion from a store. */
export type ReadFeedPortion = (query: FeedPortionQuery) => Promise<FeedPortion>;

/**
 * Reads a page of the feed from a store. Goes through the partitions in turn, and through each one up to its settled offset, below which the
 * store has handled every record. `settled` has the settled offset of partition i at index i. It must be read from the store before this
 * call. The page ends at its limit, at 4 MiB, or when 5,000 entries were examined. If an activity was found, the page has at least one,
 * whatever its size.
 */
export async function walkFeed(
  { position, limit }: FeedQuery,
  settled: readonly number[],
  readPortion: ReadFeedPortion,
): Promise<FeedPage> {
  const { log } = position;
  const offsets = settled.map((_, partition) => position.offsets[partition] ?? 0);
  // If the position has more partitions than `settled`, it keeps their offsets.
  offsets.push(...position.offsets.slice(settled.length));
  const activities: StoredActivity[] = [];
  let [bytes, examined, turn, isFull] = [0, 0, position.turn, false];
  for (let step = 0; step < settled.length && !isFull; step += 1) {
    const partition = (position.turn + step) % settled.length;
    const to = settled[partition] ?? 0;
    for (let from = offsets[partition] ?? 0; from < to && !isFull; from = offsets[partition] ?? to) {
      const left = maxExamined - examined;
      const max = Math.min(limit - activities.length, left, portionSize(activities.length, bytes));
      const portion = await readPortion({ partition, from, to, max, maxExamined: left });
      examined += Math.max(queryCost, portion.examined);
      let end = portion.end;
      for (const activity of portion.activities) {
        bytes += activity.maxTextBytes();
        if (bytes > maxPageBytes && activities.length > 0) {
          end = activity.origin?.offset ?? from;
          isFull = true;
          break;
        }
        activities.push(activity);
      }
      offsets[partition] = end;
      isFull ||= activities.length === limit || examined >= maxExamined;
      turn = (partition + 1) % settled.length;
    }
  }
  const next: FeedPosition = { log, offsets, turn };
  return { activities, start: position, position: next, hasMore: FeedPosition.isBefore(next, settled) };
}

function portionSize(count: number, bytes: number): number {
  return count === 0 ? firstPortion : Math.max(1, Math.floor((portionBytes * count) / bytes));
}
