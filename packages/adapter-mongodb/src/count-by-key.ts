import type { ActivityFilter, KeyCount, KeyField } from '@user-activity/domain';
import { documentConditions } from './activity-conditions.ts';
import { aggregate, type Group, matchConditions } from './count-matching.ts';
import { indexFor, keyIndexFor } from './indexes.ts';
import type { MongoStore } from './mongo-store.ts';
import type { IndexKey } from './ranges.ts';
import { timeBudget } from './time-budget.ts';

// If fewer activities match, reading their documents is faster than stepping from user to user in an index.
const fewDocuments = 20_000;

/**
 * Counts activities by type or user. Returns 'too-many' if there are more than `max` types or users. Reads only keys of an index, with
 * two exceptions. To count by user, it reads documents if few activities match, because the index may have far more users. If the
 * filter has conditions on fields without an index, it reads the documents that match the other conditions.
 */
export async function countByKey(
  store: MongoStore,
  filter: ActivityFilter,
  field: KeyField,
  max: number,
): Promise<readonly KeyCount[] | 'too-many'> {
  const timeLeft = timeBudget(store.timeoutMs);
  const readsDocuments =
    documentConditions(filter).length > 0 || (await hasFewMatches(store, filter, field, timeLeft()));
  if (!readsDocuments) {
    // Checks the number of keys first, because MongoDB counts all activities before it returns the first key.
    const [distinct] = await distinctKeys(store, filter, field, max + 1, timeLeft()).toArray();
    if (distinct !== undefined && distinct.count > max) return 'too-many';
  }
  const index = readsDocuments ? indexFor(filter) : keyIndexFor(filter, field);
  const counts = await keyCounts(store, filter, field, max + 1, index, timeLeft()).toArray();
  return counts.length > max ? 'too-many' : counts;
}

/** Returns true if the count is by user, for all users, and few activities match. */
async function hasFewMatches(store: MongoStore, filter: ActivityFilter, field: KeyField, maxTimeMS: number) {
  if (field !== 'userId' || filter.userIds.length > 0) return false;
  const [matching] = await countUpTo(store, filter, fewDocuments, maxTimeMS).toArray();
  return (matching?.count ?? 0) < fewDocuments;
}

/** Queries the number of activities of each type or user, for at most `max` types or users. */
export const keyCounts = (
  store: MongoStore,
  filter: ActivityFilter,
  field: KeyField,
  max: number,
  index: IndexKey,
  maxTimeMS: number,
) =>
  aggregate<Group<string>>(store, index, maxTimeMS, [
    { $match: matchConditions(filter, index === indexFor(filter) ? undefined : field) },
    { $group: { _id: `$${field}`, count: { $sum: 1 } } },
    { $limit: max },
  ]).map(({ _id, count }) => ({ key: _id, count }));

/** Queries the number of distinct types or users, up to `max`. MongoDB steps from one to the next in the index, and stops at `max`. */
export const distinctKeys = (
  store: MongoStore,
  filter: ActivityFilter,
  field: KeyField,
  max: number,
  maxTimeMS: number,
) =>
  aggregate<{ readonly count: number }>(store, keyIndexFor(filter, field), maxTimeMS, [
    { $match: matchConditions(filter, field) },
    { $sort: { [field]: 1 } },
    { $group: { _id: `$${field}` } },
    { $limit: max },
    { $count: 'count' },
  ]);

/** Queries the number of activities, up to `max`. */
export const countUpTo = (store: MongoStore, filter: ActivityFilter, max: number, maxTimeMS: number) =>
  aggregate<{ readonly count: number }>(store, indexFor(filter), maxTimeMS, [
    { $match: matchConditions(filter) },
    { $limit: max },
    { $count: 'count' },
  ]);
