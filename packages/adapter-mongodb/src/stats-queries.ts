import type { ActivityFilter, KeyCount, KeyField, SlotCount, TimeSlots } from '@user-activity/domain';
import type { AggregationCursor, Document } from 'mongodb';
import { indexFor, keyIndexFor } from './indexes.ts';
import type { MongoStore } from './mongo-store.ts';
import { anyOf, type IndexKey, positionsWithin } from './ranges.ts';

interface Group<Id> {
  readonly _id: Id;
  readonly count: number;
}

/** So few documents are read sooner than a large number of users is gone through in an index. */
const fewDocuments = 20_000;

/**
 * How many activities there are of each type or user, unless these are more than `most`. It is all in the keys of one index,
 * but for the users of a few activities: then these are read, however many users there are beside.
 */
export async function countByKey(
  store: MongoStore,
  filter: ActivityFilter,
  field: KeyField,
  most: number,
): Promise<readonly KeyCount[] | 'too-many'> {
  const ends = performance.now() + store.timeoutMs;
  let index = keyIndexFor(filter, field);
  if (field === 'userId' && filter.userIds.length === 0) {
    const [found] = await countUpTo(store, filter, fewDocuments, ends).toArray();
    if ((found?.count ?? 0) < fewDocuments) index = indexFor(filter);
  }
  if (index === keyIndexFor(filter, field)) {
    // First, as MongoDB counts to the end before it tells a single key.
    const [found] = await distinctKeys(store, filter, field, most + 1, ends).toArray();
    if (found !== undefined && found.count > most) return 'too-many';
  }
  const counts = await keyCounts(store, filter, field, most + 1, index, ends).toArray();
  return counts.length > most ? 'too-many' : counts;
}

/** How many activities there are in each slot. */
export function countBySlot(
  store: MongoStore,
  filter: ActivityFilter,
  slots: TimeSlots,
): AggregationCursor<SlotCount> {
  const segments = slots.offsets.map(({ from }) => from);
  const offset = chosen(segments, (segment) => new Date(-(slots.offsets[segment]?.offsetMs ?? 0)));
  // The difference of two dates is a number, which can be divided.
  const slot = { $floor: { $divide: [{ $subtract: ['$createdAt', offset] }, slots.unitMs] } };
  const segment = chosen(segments, (index) => ({ $literal: index }));
  const ends = performance.now() + store.timeoutMs;
  return aggregate<Group<Omit<SlotCount, 'count'>>>(store, indexFor(filter), ends, [
    { $match: matchOf(filter) },
    { $group: { _id: { segment, slot }, count: { $sum: 1 } } },
  ]).map(({ _id, count }) => ({ ..._id, count }));
}

/** Each type or user with its activities; at most so many keys. */
export const keyCounts = (
  store: MongoStore,
  filter: ActivityFilter,
  field: KeyField,
  most: number,
  index: IndexKey,
  ends: number,
): AggregationCursor<KeyCount> =>
  aggregate<Group<string>>(store, index, ends, [
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
  ends: number,
): AggregationCursor<{ readonly count: number }> =>
  aggregate(store, keyIndexFor(filter, field), ends, [
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
  ends: number,
): AggregationCursor<{ readonly count: number }> =>
  aggregate(store, indexFor(filter), ends, [
    { $match: matchOf(filter) },
    { $limit: most },
    { $count: 'count' },
  ]);

/** Until `ends`, a moment of `performance.now`. */
const aggregate = <Result extends Document>(
  { activities }: MongoStore,
  index: IndexKey,
  ends: number,
  stages: Document[],
): AggregationCursor<Result> =>
  activities.aggregate<Result>(stages, {
    hint: { ...index },
    // None at all would be for ever.
    maxTimeMS: Math.max(1, Math.ceil(ends - performance.now())),
  });

/** The filter. Of an index that begins with a field, MongoDB uses the rest only where that field is bound: to any text, then. */
function matchOf({ userIds, types, createdAt }: ActivityFilter, bound?: KeyField): Document {
  return {
    ...(bound === undefined ? {} : { [bound]: { $gte: '' } }),
    ...(userIds.length > 0 ? { userId: anyOf(userIds) } : {}),
    ...(types.length > 0 ? { type: anyOf(types) } : {}),
    ...positionsWithin('createdAt', createdAt),
  };
}

/** What belongs to the segment that an activity is in, found by halving, as there may be more than a hundred. */
function chosen(
  begins: readonly number[],
  of: (segment: number) => unknown,
  first = 0,
  end: number = begins.length,
): unknown {
  if (end - first <= 1) return of(first);
  const middle = Math.floor((first + end) / 2);
  const isBefore = { $lt: ['$createdAt', new Date(begins[middle] ?? 0)] };
  return { $cond: [isBefore, chosen(begins, of, first, middle), chosen(begins, of, middle, end)] };
}
