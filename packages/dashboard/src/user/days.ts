import type { Activity } from '@user-activity/client';
import { startOf } from '../shared/time-units.ts';

/** A day in local time, with the activities of that day. */
export interface Day {
  /** The start of the day, in ms since 1970. */
  readonly start: number;
  readonly activities: readonly Activity[];
}

/** Groups activities by day, in local time. The activities must be sorted by time. They keep their order. */
export function daysOf(activities: readonly Activity[]): readonly Day[] {
  const days = Map.groupBy(activities, ({ createdAt }) => startOf('day', Date.parse(createdAt)));
  return [...days].map(([start, ofDay]) => ({ start, activities: ofDay }));
}
