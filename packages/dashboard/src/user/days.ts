import type { Activity } from '@user-activity/client';
import { startOf } from '../shared/time-units.ts';

/** A day by the clock here, and what was done on it. */
export interface Day {
  /** Its first moment, in ms since 1970. */
  readonly start: number;
  readonly activities: readonly Activity[];
}

/** Groups activities, which are in the order of time, by the days of the clock here. */
export function daysOf(activities: readonly Activity[]): readonly Day[] {
  const days = Map.groupBy(activities, ({ createdAt }) => startOf('day', Date.parse(createdAt)));
  return [...days].map(([start, ofDay]) => ({ start, activities: ofDay }));
}
