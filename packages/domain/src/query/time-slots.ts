import type { ZoneOffset } from './zone-clock.ts';

/** What activities are counted by, by the clock of a zone. */
export type TimeUnit = 'minute' | 'hour' | 'day' | 'week' | 'month';

const dayMs = 86_400_000;

/**
 * The slots of a unit in milliseconds; weeks and months are counted as days. A day on which the clock changes is longer or
 * shorter, and is two slots, in two segments.
 */
export const slotMs: Readonly<Record<TimeUnit, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: dayMs,
  week: dayMs,
  month: dayMs,
};

/**
 * Time, cut into slots by a clock that changes. The zone is resolved: every store cuts alike, whichever zones it knows.
 * Segment i is the time from `offsets[i].from` to the next; the first one holds what is before it too.
 */
export interface TimeSlots {
  readonly unitMs: number;
  /** In the order of time; at least one, and at most a few hundred: a store may take them one by one. */
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
