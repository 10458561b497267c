import {
  type ActivityFilter,
  type SlotCount,
  TimeRange,
  Timestamp,
  type TimeSlots,
} from '@user-activity/domain';
import type { AggregationCursor, Document } from 'mongodb';
import { budgetOf } from './budget.ts';
import { counting } from './count-query.ts';
import { indexFor } from './indexes.ts';
import type { MongoStore } from './mongo-store.ts';
import { partsOf } from './page-query.ts';
import { aggregate, type Group, matchOf } from './stats-queries.ts';

/**
 * How many activities there are in each slot, unless these slots are more than `most`. MongoDB groups to the end before it tells
 * a slot: a time that has room for more slots is counted in portions of so many activities.
 */
export async function countBySlot(
  store: MongoStore,
  filter: ActivityFilter,
  slots: TimeSlots,
  most: number,
  portionKeys = 50_000,
): Promise<readonly SlotCount[] | 'too-many'> {
  const timeLeft = budgetOf(store.timeoutMs);
  if (mostSlots(filter.createdAt, slots) <= most)
    return slotCounts(store, filter, slots, timeLeft()).toArray();
  const counts = new Map<string, SlotCount>();
  for (const part of partsOf(filter))
    for await (const { segment, slot, count } of inPortions(store, part, slots, portionKeys, timeLeft)) {
      const name = `${segment} ${slot}`;
      counts.set(name, { segment, slot, count: count + (counts.get(name)?.count ?? 0) });
      if (counts.size > most) return 'too-many';
    }
  return [...counts.values()];
}

/** How many slots there may be within a time; a segment may begin and end within a slot. */
const mostSlots = ({ from, to }: TimeRange, { unitMs, offsets }: TimeSlots): number =>
  from === undefined || to === undefined ? Infinity : Math.ceil((to - from) / unitMs) + 2 * offsets.length;

/** The slots in the order of time: those of some activities, of which the last may hold more and is counted for itself. */
async function* inPortions(
  store: MongoStore,
  filter: ActivityFilter,
  slots: TimeSlots,
  portionKeys: number,
  timeLeft: () => number,
): AsyncGenerator<SlotCount> {
  const { to } = filter.createdAt;
  for (let { from } = filter.createdAt; ; ) {
    const rest = filter.with({ createdAt: TimeRange.between(from, to) });
    const portion = await slotCounts(store, rest, slots, timeLeft(), portionKeys).toArray();
    portion.sort((a, b) => a.segment - b.segment || a.slot - b.slot);
    const last = portion.at(-1);
    if (last === undefined || portion.reduce((sum, { count }) => sum + count, 0) < portionKeys) {
      yield* portion;
      return;
    }
    yield* portion.slice(0, -1);
    const { begin, end } = boundsOf(last, slots);
    const createdAt = TimeRange.between(laterOf(from, begin), to === undefined || end < to ? end : to);
    const [counted] = await counting(store, filter.with({ createdAt }), timeLeft()).toArray();
    yield { ...last, count: counted?.count ?? last.count };
    if (to !== undefined && end >= to) return;
    from = end;
  }
}

const laterOf = (from: Timestamp | undefined, begin: Timestamp): Timestamp =>
  from !== undefined && from > begin ? from : begin;

/** When a slot begins and ends, within its segment. */
function boundsOf(
  { segment, slot }: SlotCount,
  { unitMs, offsets }: TimeSlots,
): { readonly begin: Timestamp; readonly end: Timestamp } {
  const shown = slot * unitMs - (offsets[segment]?.offsetMs ?? 0);
  // Before the first of the offsets it is in force too.
  const first = segment === 0 ? -Infinity : (offsets[segment]?.from ?? -Infinity);
  return {
    begin: Timestamp.trusted(Math.max(first, shown)),
    end: Timestamp.trusted(Math.min(offsets[segment + 1]?.from ?? Infinity, shown + unitMs)),
  };
}

/** Each slot with its activities: of all, or of as many as are the first. */
export function slotCounts(
  store: MongoStore,
  filter: ActivityFilter,
  slots: TimeSlots,
  maxTimeMS: number,
  first?: number,
): AggregationCursor<SlotCount> {
  const segments = slots.offsets.map(({ from }) => from);
  const offset = chosen(segments, (segment) => new Date(-(slots.offsets[segment]?.offsetMs ?? 0)));
  // The difference of two dates is a number, which can be divided.
  const slot = { $floor: { $divide: [{ $subtract: ['$createdAt', offset] }, slots.unitMs] } };
  const segment = chosen(segments, (index) => ({ $literal: index }));
  const some: Document[] = first === undefined ? [] : [{ $sort: { createdAt: 1 } }, { $limit: first }];
  return aggregate<Group<Omit<SlotCount, 'count'>>>(store, indexFor(filter), maxTimeMS, [
    { $match: matchOf(filter) },
    ...some,
    { $group: { _id: { segment, slot }, count: { $sum: 1 } } },
  ]).map(({ _id, count }) => ({ ..._id, count }));
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
