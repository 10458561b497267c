import type { Activity } from '@user-activity/client';

/** A day by the clock here, and what was done on it. */
export interface Day {
  /** Its first moment, in ms since 1970. */
  readonly start: number;
  readonly activities: readonly Activity[];
}

/** Returns the first moment of a day by the clock here. */
export const startOfDay = (moment: number): number => new Date(moment).setHours(0, 0, 0, 0);

/** Groups activities, which are in the order of time, by the days of the clock here. */
export function daysOf(activities: readonly Activity[]): readonly Day[] {
  const days = Map.groupBy(activities, ({ createdAt }) => startOfDay(Date.parse(createdAt)));
  return [...days].map(([start, ofDay]) => ({ start, activities: ofDay }));
}

/** Returns the starts of the days from one moment to another, both included. At most `max`, the latest ones. */
export function startsOfDays(from: number, to: number, max: number): readonly number[] {
  const starts: number[] = [];
  for (const day = new Date(startOfDay(to)); day.getTime() > from - 86_400_000 && starts.length < max; ) {
    starts.unshift(day.getTime());
    // Not 24 hours: a day on which clocks change has 23 or 25.
    day.setDate(day.getDate() - 1);
  }
  return starts;
}
