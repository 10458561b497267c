import {
  type ActivityFilter,
  type SlotCount,
  TimeRange,
  Timestamp,
  type TimeSlots,
} from '@user-activity/domain';
import { aggregate, type Group, queryMatchingCount, matchConditions } from './count-matching.ts';
import { indexFor } from './indexes.ts';
import type { MongoStore } from './mongo-store.ts';
import { splitFilter } from './page-scans.ts';
import { timeBudget } from './time-budget.ts';

/**
 * Counts activities by time slot. Returns 'too-many' if there are more than `max` slots. MongoDB counts all activities before it returns
 * the first slot. So a time range that may have more slots is counted in portions of `portionSize` activities.
 */
export async function countBySlot(
  store: MongoStore,
  filter: ActivityFilter,
  slots: TimeSlots,
  max: number,
  portionSize = 50_000,
): Promise<readonly SlotCount[] | 'too-many'> {
  const timeLeft = timeBudget(store.timeoutMs);
  if (maxSlots(filter.createdAt, slots) <= max) return slotCounts(store, filter, slots, timeLeft()).toArray();
  const counts = new Map<string, SlotCount>();
  for (const part of splitFilter(filter))
    for await (const { segment, slot, count } of countInPortions(store, part, slots, portionSize, timeLeft)) {
      const key = `${segment} ${slot}`;
      counts.set(key, { segment, slot, count: count + (counts.get(key)?.count ?? 0) });
      if (counts.size > max) return 'too-many';
    }
  return [...counts.values()];
}

/** Returns the maximum number of slots in a time range. Each segment (the time of one offset) may begin and end within a slot. */
const maxSlots = ({ from, to }: TimeRange, { unitMs, offsets }: TimeSlots): number =>
  from === undefined || to === undefined ? Infinity : Math.ceil((to - from) / unitMs) + 2 * offsets.length;

/** Counts the activities of each slot, in order of time. A portion may end within a slot, so its last slot is counted again, as a whole. */
async function* countInPortions(
  store: MongoStore,
  filter: ActivityFilter,
  slots: TimeSlots,
  portionSize: number,
  timeLeft: () => number,
): AsyncGenerator<SlotCount> {
  const { to } = filter.createdAt;
  for (let { from } = filter.createdAt; ; ) {
    const remaining = filter.with({ createdAt: TimeRange.between(from, to) });
    const portion = await slotCounts(store, remaining, slots, timeLeft(), portionSize).toArray();
    portion.sort((a, b) => a.segment - b.segment || a.slot - b.slot);
    const last = portion.at(-1);
    if (last === undefined || portion.reduce((sum, { count }) => sum + count, 0) < portionSize) {
      yield* portion;
      return;
    }
    yield* portion.slice(0, -1);
    const { begin, end } = boundsOf(last, slots);
    const lastRange = TimeRange.between(
      from !== undefined && from > begin ? from : begin,
      to === undefined || end < to ? end : to,
    );
    const [whole] = await queryMatchingCount(
      store,
      filter.with({ createdAt: lastRange }),
      timeLeft(),
    ).toArray();
    yield { ...last, count: whole?.count ?? last.count };
    if (to !== undefined && end >= to) return;
    from = end;
  }
}

/** Returns the times at which the part of a slot within its segment begins and ends. */
function boundsOf({ segment, slot }: SlotCount, { unitMs, offsets }: TimeSlots) {
  const localBegin = slot * unitMs - (offsets[segment]?.offsetMs ?? 0);
  // The first offset also applies to all earlier times.
  const segmentBegin = segment === 0 ? -Infinity : (offsets[segment]?.from ?? -Infinity);
  return {
    begin: Timestamp.trusted(Math.max(segmentBegin, localBegin)),
    end: Timestamp.trusted(Math.min(offsets[segment + 1]?.from ?? Infinity, localBegin + unitMs)),
  };
}

/** Queries the number of activities in each slot. With `limit`, only the earliest activities are counted. */
export function slotCounts(
  store: MongoStore,
  filter: ActivityFilter,
  slots: TimeSlots,
  maxTimeMS: number,
  limit?: number,
) {
  const begins = slots.offsets.map(({ from }) => from);
  const offset = bySegment(begins, (segment) => new Date(-(slots.offsets[segment]?.offsetMs ?? 0)));
  // The difference of two dates is a number, which can be divided.
  const slot = { $floor: { $divide: [{ $subtract: ['$createdAt', offset] }, slots.unitMs] } };
  const segment = bySegment(begins, (index) => ({ $literal: index }));
  const earliest = limit === undefined ? [] : [{ $sort: { createdAt: 1 } }, { $limit: limit }];
  return aggregate<Group<Omit<SlotCount, 'count'>>>(store, indexFor(filter), maxTimeMS, [
    { $match: matchConditions(filter) },
    ...earliest,
    { $group: { _id: { segment, slot }, count: { $sum: 1 } } },
  ]).map(({ _id, count }) => ({ ..._id, count }));
}

/**
 * Returns an expression that finds the segment of an activity by its time and gives `valueOf` this segment. The expression is a binary
 * search, because there may be more than 100 segments.
 */
function bySegment(
  begins: readonly number[],
  valueOf: (segment: number) => unknown,
  first = 0,
  end: number = begins.length,
): unknown {
  if (end - first <= 1) return valueOf(first);
  const middle = Math.floor((first + end) / 2);
  const isBefore = { $lt: ['$createdAt', new Date(begins[middle] ?? 0)] };
  return {
    $cond: [isBefore, bySegment(begins, valueOf, first, middle), bySegment(begins, valueOf, middle, end)],
  };
}
