import type { ActivityFilter, KeyCount, KeyField } from '@user-activity/domain';
import type { AggregationCursor, Document } from 'mongodb';
import { conditionsOf } from './activity-conditions.ts';
import { budgetOf } from './budget.ts';
import { indexFor, keyIndexFor } from './indexes.ts';
import type { MongoStore } from './mongo-store.ts';
import { type IndexKey, rangeOf } from './ranges.ts';

/** What `$group` tells. */
export interface Group<Id> {
  readonly _id: Id;
  readonly count: number;
}

/** So few documents are read sooner than a large number of users is gone through in an index. */
const fewDocuments = 20_000;

/**
 * How many activities there are of each type or user, unless these are more than `most`. It is all in the keys of one index,
 * but for the users of a few activities: then these are read, however many users there are beside. For conditions on metadata,
 * what the user or the time bounds is read.
 */
export async function countByKey(
  store: MongoStore,
  filter: ActivityFilter,
  field: KeyField,
  most: number,
): Promise<readonly KeyCount[] | 'too-many'> {
  const timeLeft = budgetOf(store.timeoutMs);
  const byDocument = filter.metadata.length > 0 || (await isOfFew(store, filter, field, timeLeft()));
  if (!byDocument) {
    // First, as MongoDB counts to the end before it tells a single key.
    const [found] = await distinctKeys(store, filter, field, most + 1, timeLeft()).toArray();
    if (found !== undefined && found.count > most) return 'too-many';
  }
  const index = byDocument ? indexFor(filter) : keyIndexFor(filter, field);
  const counts = await keyCounts(store, filter, field, most + 1, index, timeLeft()).toArray();
  return counts.length > most ? 'too-many' : counts;
}

/** Whether users are asked for, of whom there may be many more than there are activities. */
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

/** Each type or user with its activities; at most so many keys. */
export const keyCounts = (
  store: MongoStore,
  filter: ActivityFilter,
  field: KeyField,
  most: number,
  index: IndexKey,
  maxTimeMS: number,
): AggregationCursor<KeyCount> =>
  aggregate<Group<string>>(store, index, maxTimeMS, [
    { $match: matchOf(filter, index === indexFor(filter) ? undefined : field) },
    { $group: { _id: `$${field}`, count: { $sum: 1 } } },
    { $limit: most },
  ]).map(({ _id, count }) => ({ key: _id, count }));

/** How many different keys there are, at most so many: MongoDB goes from one to the next in the index, and stops. */
export const distinctKeys = (
  store: MongoStore,
  filter: ActivityFilter,
  field: KeyField,
  most: number,
  maxTimeMS: number,
): AggregationCursor<{ readonly count: number }> =>
  aggregate(store, keyIndexFor(filter, field), maxTimeMS, [
    { $match: matchOf(filter, field) },
    { $sort: { [field]: 1 } },
    { $group: { _id: `$${field}` } },
    { $limit: most },
    { $count: 'count' },
  ]);

/** How many activities there are, at most so many. */
export const countUpTo = (
  store: MongoStore,
  filter: ActivityFilter,
  most: number,
  maxTimeMS: number,
): AggregationCursor<{ readonly count: number }> =>
  aggregate(store, indexFor(filter), maxTimeMS, [
    { $match: matchOf(filter) },
    { $limit: most },
    { $count: 'count' },
  ]);

/** An aggregation that reads one index. */
export const aggregate = <Result extends Document>(
  { listedActivities }: MongoStore,
  index: IndexKey,
  maxTimeMS: number,
  stages: Document[],
): AggregationCursor<Result> => listedActivities.aggregate<Result>(stages, { hint: { ...index }, maxTimeMS });

/** The filter. Of an index that begins with a field, MongoDB uses the rest only where that field is bound: to any text, then. */
export const matchOf = (filter: ActivityFilter, bound?: KeyField): Document => ({
  ...(bound === undefined ? {} : { [bound]: { $gte: '' } }),
  ...conditionsOf(filter, rangeOf('createdAt', filter.createdAt)),
});
