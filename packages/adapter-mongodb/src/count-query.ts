import type { ActivityFilter } from '@user-activity/domain';
import type { AggregationCursor } from 'mongodb';
import { conditionsOf } from './activity-conditions.ts';
import { indexFor } from './indexes.ts';
import type { MongoStore } from './mongo-store.ts';
import { rangeOf } from './ranges.ts';

/** How many activities a filter lets through. Not MongoDB's `count`, which is not exact on shards. */
export async function countMatching(store: MongoStore, filter: ActivityFilter): Promise<number> {
  const [counted] = await counting(store, filter).toArray();
  return counted?.count ?? 0;
}

/** One document, or none where there is nothing to be counted. It takes the keys of one index alone, but for metadata. */
export const counting = (
  { listedActivities, timeoutMs }: MongoStore,
  filter: ActivityFilter,
  maxTimeMS: number = timeoutMs,
): AggregationCursor<{ readonly count: number }> =>
  listedActivities.aggregate<{ readonly count: number }>(
    [{ $match: conditionsOf(filter, rangeOf('createdAt', filter.createdAt)) }, { $count: 'count' }],
    { maxTimeMS, hint: indexFor(filter) },
  );
