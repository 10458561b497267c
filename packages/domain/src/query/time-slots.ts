import type { ZoneOffset } from './zone-clock.ts';

/** The units of time by which activities are counted, from the shortest to the longest. They follow the local time of a zone. */
export const timeUnits = ['minute', 'hour', 'day', 'week', 'month'] as const;
export type TimeUnit = (typeof timeUnits)[number];

const dayMs = 86_400_000;

/**
 * The length of a unit's slots in milliseconds. Weeks and months are counted by day, and added up later. A day on which the clock changes has
 * two slots, one before the change and one after it.
 */
export const slotMs: Readonly<Record<TimeUnit, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: dayMs,
  week: dayMs,
  month: dayMs,
};

/**
 * Divides time into slots by the clock of a zone, whose offset from UTC changes. The zone is given as its offsets, so every store divides time
 * in the same way, whichever zones it knows. Segment i is the time from `offsets[i].from` to `offsets[i + 1].from`. The first segment also
 * includes all earlier times, and the last one all later times.
 */
export interface TimeSlots {
  /** The length of a slot in milliseconds; see `slotMs`. */
  readonly unitMs: number;
  /** The offsets in the order of time: at least one, and at most a few hundred, because a store may query them one by one. */
  readonly offsets: readonly ZoneOffset[];
}

/** The number of activities in a slot. */
export interface SlotCount {
  /** The index of the slot's segment, which is that of its offset in `TimeSlots.offsets`. */
  readonly segment: number;
  /** floor((createdAt + offsetMs) / unitMs): whole units since 1970-01-01T00:00 by that clock, negative before. */
  readonly slot: number;
  readonly count: number;
}
