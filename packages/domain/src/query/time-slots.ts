import { TimeZone, type ZoneOffset } from './time-zone.ts';

/** How long a slot is, by the clock of a zone. */
export type TimeUnit = 'minute' | 'hour' | 'day';

/** The units in milliseconds. A day on which the clock changes is longer or shorter, and its slot is in two segments. */
export const unitMs: Readonly<Record<TimeUnit, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

/**
 * Time, cut into slots by a clock that changes. The zone is resolved: every store cuts alike, whichever zones it knows.
 * Segment i is the time from `offsets[i].from` to the next; the first one holds what is before it too.
 */
export interface TimeSlots {
  readonly unitMs: number;
  /** In the order of time; one at least. */
  readonly offsets: readonly ZoneOffset[];
}

/** How many activities lie in a slot. */
export interface SlotCount {
  /** The index of the offset. */
  readonly segment: number;
  /** floor((createdAt + offsetMs) / unitMs): whole units since 1970-01-01T00:00 by that clock, negative before. */
  readonly slot: number;
  readonly count: number;
}

/** How many activities have a type, or a user. */
export interface KeyCount {
  readonly key: string;
  readonly count: number;
}

/**
 * The counts by what the clock of the zone showed when the slot began, in the order of time: days as `2026-11-25`, hours and
 * minutes as RFC 3339 with the offset of that time. So the hour that a clock shows twice is two, and a day is one, whatever
 * happens in it. Offsets of old had seconds, and years before 0000 or behind 9999 have six digits and a sign (ISO 8601).
 */
export function keyedBySlot(
  unit: TimeUnit,
  zone: TimeZone,
  { offsets }: TimeSlots,
  counts: readonly SlotCount[],
): readonly KeyCount[] {
  const inOrder = counts.toSorted(
    // A clock that is put back over midnight comes to the day before again.
    unit === 'day' ? (a, b) => a.slot - b.slot : (a, b) => a.segment - b.segment || a.slot - b.slot,
  );
  const byKey = new Map<string, number>();
  for (const { segment, slot, count } of inOrder) {
    const shown = new Date(slot * unitMs[unit]).toISOString();
    const offset = offsetText(zone, offsets[segment]?.offsetMs ?? 0);
    const key =
      unit === 'day' ? shown.slice(0, -dayTail.length) : shown.slice(0, -minuteTail.length) + offset;
    byKey.set(key, (byKey.get(key) ?? 0) + count);
  }
  return [...byKey].map(([key, count]) => ({ key, count }));
}

const dayTail = 'T00:00:00.000Z';
const minuteTail = '.000Z';

function offsetText(zone: TimeZone, offsetMs: number): string {
  if (zone === TimeZone.utc) return 'Z';
  // Of an hour after midnight in 1970: what is cut off are no seconds, or the milliseconds.
  const size = new Date(Math.abs(offsetMs)).toISOString().slice('1970-01-01T'.length, -minuteTail.length);
  return (offsetMs < 0 ? '-' : '+') + (size.endsWith(':00') ? size.slice(0, -':00'.length) : size);
}
