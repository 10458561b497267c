import type { ActivityFilter, KeyField } from '@user-activity/domain';
import type { Document } from 'mongodb';
import { activityConditions } from './activity-conditions.ts';
import { indexFor } from './indexes.ts';
import type { MongoStore } from './mongo-store.ts';
import { type IndexKey, wholeRange } from './ranges.ts';

/** A document that `$group` returns: the value of the group, and the number of its activities. */
export interface Group<Id> {
  readonly _id: Id;
  readonly count: number;
}

/** Counts the activities that match a filter. Does not use MongoDB's `count`, which is not exact on shards. */
export async function countMatching(store: MongoStore, filter: ActivityFilter): Promise<number> {
  const [total] = await queryMatchingCount(store, filter).toArray();
  return total?.count ?? 0;
}

/**
 * Queries the number of activities that match a filter. The result is one document, or none if no activity matches. Reads only keys of
 * an index, unless the filter has conditions on metadata.
 */
export const queryMatchingCount = (store: MongoStore, filter: ActivityFilter, maxTimeMS = store.timeoutMs) =>
  aggregate<{ readonly count: number }>(store, indexFor(filter), maxTimeMS, [
    { $match: matchConditions(filter) },
    { $count: 'count' },
  ]);

/** Runs an aggregation of activities with an index. Reads from the members that the URI allows. */
export const aggregate = <Result extends Document>(
  { listedActivities }: MongoStore,
  index: IndexKey,
  maxTimeMS: number,
  stages: Document[],
) => listedActivities.aggregate<Result>(stages, { hint: { ...index }, maxTimeMS });

/**
 * Returns the query for a filter. `leadingField` adds a condition that every activity meets. MongoDB can then use an index that begins with
 * this field, even if the filter has no condition on it.
 */
export const matchConditions = (filter: ActivityFilter, leadingField?: KeyField): Document => ({
  ...(leadingField === undefined ? {} : { [leadingField]: { $gte: '' } }),
  ...activityConditions(filter, wholeRange('createdAt', filter.createdAt)),
});
