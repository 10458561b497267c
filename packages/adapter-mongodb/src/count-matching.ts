import type { ActivityFilter } from '@user-activity/domain';
import type { AggregationCursor } from 'mongodb';
import { activityConditions } from './activity-conditions.ts';
import { indexFor } from './indexes.ts';
import type { MongoStore } from './mongo-store.ts';
import { rangeOf } from './ranges.ts';

/** Counts the activities that match a filter. Not with MongoDB's `count`, which is not exact on shards. */
export async function countMatching(store: MongoStore, filter: ActivityFilter): Promise<number> {
  const [counted] = await matchingCount(store, filter).toArray();
  return counted?.count ?? 0;
}

/** Queries the count: one document, or none if nothing matches. Reads only keys of an index, except for metadata. */
export const matchingCount = (
  { listedActivities, timeoutMs }: MongoStore,
  filter: ActivityFilter,
  maxTimeMS: number = timeoutMs,
): AggregationCursor<{ readonly count: number }> =>
  listedActivities.aggregate<{ readonly count: number }>(
    [{ $match: activityConditions(filter, rangeOf('createdAt', filter.createdAt)) }, { $count: 'count' }],
    { maxTimeMS, hint: indexFor(filter) },
  );
