import type { ActivityFilter, KeyCount, KeyField } from '@user-activity/domain';
import type { AggregationCursor, Document } from 'mongodb';
import { activityConditions, documentConditions } from './activity-conditions.ts';
import { indexFor, keyIndexFor } from './indexes.ts';
import type { MongoStore } from './mongo-store.ts';
import { type IndexKey, rangeOf } from './ranges.ts';
import { timeBudget } from './time-budget.ts';

/** A result of `$group`. */
export interface Group<Id> {
  readonly _id: Id;
  readonly count: number;
}

// Fewer documents than this are read faster than MongoDB steps through a large number of users in an index.
const fewDocuments = 20_000;

/**
 * Counts activities by type or user, if there are at most `max` of these. Reads only keys of an index, with two exceptions. Users
 * of few activities are counted from their documents, because there may be many more other users in the index. With conditions on
 * fields without an index, the documents within the other conditions are read.
 */
export async function countByKey(
  store: MongoStore,
  filter: ActivityFilter,
  field: KeyField,
  max: number,
): Promise<readonly KeyCount[] | 'too-many'> {
  const timeLeft = timeBudget(store.timeoutMs);
  const readsDocuments =
    documentConditions(filter).length > 0 || (await isOfFew(store, filter, field, timeLeft()));
  if (!readsDocuments) {
    // Checked first, because MongoDB counts everything before it returns the first key.
    const [found] = await distinctKeys(store, filter, field, max + 1, timeLeft()).toArray();
    if (found !== undefined && found.count > max) return 'too-many';
  }
  const index = readsDocuments ? indexFor(filter) : keyIndexFor(filter, field);
  const counts = await keyCounts(store, filter, field, max + 1, index, timeLeft()).toArray();
  return counts.length > max ? 'too-many' : counts;
}

/** Returns whether users are counted and only few activities match. */
async function isOfFew(
  store: MongoStore,
  filter: ActivityFilter,
  field: KeyField,
  maxTimeMS: number,
): Promise<boolean> {
  if (field !== 'userId' || filter.userIds.length > 0) return false;
  const [found] = await countUpTo(store, filter, fewDocuments, maxTimeMS).toArray();
  return (found?.count ?? 0) < fewDocuments;
}

/** Queries the number of activities of each type or user, for at most `max` of these. */
export const keyCounts = (
  store: MongoStore,
  filter: ActivityFilter,
  field: KeyField,
  max: number,
  index: IndexKey,
  maxTimeMS: number,
): AggregationCursor<KeyCount> =>
  aggregate<Group<string>>(store, index, maxTimeMS, [
    { $match: matchOf(filter, index === indexFor(filter) ? undefined : field) },
    { $group: { _id: `$${field}`, count: { $sum: 1 } } },
    { $limit: max },
  ]).map(({ _id, count }) => ({ key: _id, count }));

/** Queries the number of different keys, up to `max`. MongoDB steps from key to key in the index, and stops there. */
export const distinctKeys = (
  store: MongoStore,
  filter: ActivityFilter,
  field: KeyField,
  max: number,
  maxTimeMS: number,
): AggregationCursor<{ readonly count: number }> =>
  aggregate(store, keyIndexFor(filter, field), maxTimeMS, [
    { $match: matchOf(filter, field) },
    { $sort: { [field]: 1 } },
    { $group: { _id: `$${field}` } },
    { $limit: max },
    { $count: 'count' },
  ]);

/** Queries the number of activities, up to `max`. */
export const countUpTo = (
  store: MongoStore,
  filter: ActivityFilter,
  max: number,
  maxTimeMS: number,
): AggregationCursor<{ readonly count: number }> =>
  aggregate(store, indexFor(filter), maxTimeMS, [
    { $match: matchOf(filter) },
    { $limit: max },
    { $count: 'count' },
  ]);

/** Queries an aggregation that reads one index. */
export const aggregate = <Result extends Document>(
  { listedActivities }: MongoStore,
  index: IndexKey,
  maxTimeMS: number,
  stages: Document[],
): AggregationCursor<Result> => listedActivities.aggregate<Result>(stages, { hint: { ...index }, maxTimeMS });

/**
 * Returns the query for a filter. With `leadingField`, MongoDB can use an index that begins with this field although the filter
 * leaves the field open: the query then asks for any text in it.
 */
export const matchOf = (filter: ActivityFilter, leadingField?: KeyField): Document => ({
  ...(leadingField === undefined ? {} : { [leadingField]: { $gte: '' } }),
  ...activityConditions(filter, rangeOf('createdAt', filter.createdAt)),
});
