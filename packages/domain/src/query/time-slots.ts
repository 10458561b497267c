import type { ZoneOffset } from './zone-clock.ts';

/** The units of time by which activities are counted, by the clock of a zone; the shortest first. */
export const timeUnits = ['minute', 'hour', 'day', 'week', 'month'] as const;
export type TimeUnit = (typeof timeUnits)[number];

const dayMs = 86_400_000;

/**
 * The length of a unit's slots in milliseconds. Weeks and months are counted as days. A day on which the clock changes is longer
 * or shorter. It has two slots, in two segments.
 */
export const slotMs: Readonly<Record<TimeUnit, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: dayMs,
  week: dayMs,
  month: dayMs,
};

/**
 * Time divided into slots by a clock whose offset changes. The zone is resolved to offsets, so every store divides time in the
 * same way, whichever zones it knows. Segment i lasts from `offsets[i].from` to the next; the first also includes earlier times.
 */
export interface TimeSlots {
  readonly unitMs: number;
  /** In the order of time. At least one, and at most a few hundred, because a store may query them one by one. */
  readonly offsets: readonly ZoneOffset[];
}

/** The number of activities in a slot. */
export interface SlotCount {
  /** The index of the slot's offset in `TimeSlots.offsets`. */
  readonly segment: number;
  /** floor((createdAt + offsetMs) / unitMs): whole units since 1970-01-01T00:00 by that clock, negative before. */
  readonly slot: number;
  readonly count: number;
}
