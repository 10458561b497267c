import type { ActivityFilter, KeyField } from '@user-activity/domain';
import type { Document } from 'mongodb';
import { activityConditions } from './activity-conditions.ts';
import { indexFor } from './indexes.ts';
import type { MongoStore } from './mongo-store.ts';
import { type IndexKey, rangeOf } from './ranges.ts';

/** A result of `$group`. */
export interface Group<Id> {
  readonly _id: Id;
  readonly count: number;
}

/** Counts the activities that match a filter. Does not use MongoDB's `count`, which is not exact on shards. */
export async function countMatching(store: MongoStore, filter: ActivityFilter): Promise<number> {
  const [total] = await matchingCount(store, filter).toArray();
  return total?.count ?? 0;
}

/** Queries the count: one document, or none if nothing matches. Reads only keys of an index, except for conditions on metadata. */
export const matchingCount = (store: MongoStore, filter: ActivityFilter, maxTimeMS = store.timeoutMs) =>
  aggregate<{ readonly count: number }>(store, indexFor(filter), maxTimeMS, [
    { $match: matchOf(filter) },
    { $count: 'count' },
  ]);

/** Queries an aggregation that uses this index. */
export const aggregate = <Result extends Document>(
  { listedActivities }: MongoStore,
  index: IndexKey,
  maxTimeMS: number,
  stages: Document[],
) => listedActivities.aggregate<Result>(stages, { hint: { ...index }, maxTimeMS });

/**
 * Returns the query for a filter. With `leadingField`, the query also selects any text in that field. MongoDB can then use an index
 * that begins with the field, although the filter has no condition on it.
 */
export const matchOf = (filter: ActivityFilter, leadingField?: KeyField): Document => ({
  ...(leadingField === undefined ? {} : { [leadingField]: { $gte: '' } }),
  ...activityConditions(filter, rangeOf('createdAt', filter.createdAt)),
});
