import type { ActivityFilter, KeyCount, KeyField, SlotCount, TimeSlots } from '@user-activity/domain';
import type { AggregationCursor, Document } from 'mongodb';
import { indexFor, keyIndexFor } from './indexes.ts';
import type { MongoStore } from './mongo-store.ts';
import { rangesOf } from './page-query.ts';
import { anyOf } from './ranges.ts';

/** Keys of an index alone are read: no document. */
type Counted<Result> = AggregationCursor<Result>;

/** How many activities there are of each type or user; at most so many keys are told. */
export const countByKey = (
  store: MongoStore,
  filter: ActivityFilter,
  field: KeyField,
  most: number,
): Counted<KeyCount> =>
  aggregate(store, keyIndexFor(filter, field), [
    { $match: matchOf(filter, field) },
    { $group: { _id: `$${field}`, count: { $sum: 1 } } },
    { $limit: most },
    { $project: { _id: 0, key: '$_id', count: 1 } },
  ]);

/** The different keys, at most so many: MongoDB goes from one to the next in the index, and stops. */
export const distinctKeys = (
  store: MongoStore,
  filter: ActivityFilter,
  field: KeyField,
  most: number,
): Counted<{ readonly keys: number }> =>
  aggregate(store, keyIndexFor(filter, field), [
    { $match: matchOf(filter, field) },
    { $sort: { [field]: 1 } },
    { $group: { _id: `$${field}` } },
    { $limit: most },
    { $count: 'keys' },
  ]);

/** How many activities there are in each slot. */
export const countBySlot = (
  store: MongoStore,
  filter: ActivityFilter,
  slots: TimeSlots,
): Counted<SlotCount> => {
  // Added to a date, an offset makes a date, which is no number to be divided; the difference of two dates is one.
  const shown = { $subtract: ['$createdAt', chosen(slots, ({ offsetMs }) => new Date(-offsetMs))] };
  const slot = { $floor: { $divide: [shown, slots.unitMs] } };
  return aggregate(store, indexFor(filter), [
    { $match: matchOf(filter, undefined) },
    {
      $group: {
        _id: { segment: chosen(slots, (_, segment) => ({ $literal: segment })), slot },
        count: { $sum: 1 },
      },
    },
    { $project: { _id: 0, segment: '$_id.segment', slot: '$_id.slot', count: 1 } },
  ]);
};

const aggregate = <Result extends Document>(
  { activities, timeoutMs }: MongoStore,
  hint: Document,
  stages: Document[],
): Counted<Result> => activities.aggregate<Result>(stages, { hint, maxTimeMS: timeoutMs });

/** The filter; of an index that begins with the field that is counted by, MongoDB uses the rest only where that is bound too. */
function matchOf({ userIds, types, createdAt }: ActivityFilter, field: KeyField | undefined): Document {
  const anyKey = { $gte: '' };
  const [range] = rangesOf({
    filter: { userIds, types, createdAt },
    order: 'desc',
    limit: 1,
    after: undefined,
  });
  return {
    ...(userIds.length > 0 ? { userId: anyOf(userIds) } : field === 'userId' ? { userId: anyKey } : {}),
    ...(types.length > 0 ? { type: anyOf(types) } : field === 'type' ? { type: anyKey } : {}),
    ...range?.positions,
  };
}

/** What belongs to the segment that an activity is in, found by halving: there may be more than a hundred. */
function chosen(
  { offsets }: TimeSlots,
  of: (offset: TimeSlots['offsets'][number], segment: number) => unknown,
  first = 0,
  end: number = offsets.length,
): unknown {
  const middle = Math.floor((first + end) / 2);
  const [only, later] = [offsets[first], offsets[middle]];
  if (only === undefined || later === undefined) throw new Error('There is no offset.');
  if (end - first === 1) return of(only, first);
  return {
    $cond: [
      { $lt: ['$createdAt', new Date(later.from)] },
      chosen({ offsets, unitMs: 0 }, of, first, middle),
      chosen({ offsets, unitMs: 0 }, of, middle, end),
    ],
  };
}
