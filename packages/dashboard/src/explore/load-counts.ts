import type { ActivityFilter } from '@user-activity/client';
import { service, serviceNow } from '../api/service.ts';
import { loadTimedCounts } from '../shared/load-timed-counts.ts';
import { type Stacks, stacksOf } from '../shared/stacks.ts';
import { type TimeUnit, unitFor } from '../shared/time-units.ts';
import type { TimeRange } from './time-range.ts';

/** The number of activities over time, by type. */
export interface Counts {
  readonly stacks: Stacks;
  readonly unit: TimeUnit;
  /** The time range, in ms since 1970. */
  readonly from: number;
  readonly to: number;
}

/**
 * Counts the activities that match, for each unit of time in the range. Chooses a unit that suits the length of the range. If the range has
 * no start, it starts with the oldest activity.
 */
export async function loadCounts(
  filter: ActivityFilter,
  range: TimeRange,
  signal: AbortSignal,
): Promise<Counts> {
  const to = Math.min(range.to ?? Infinity, serviceNow());
  const from = range.from ?? (await oldestTime(filter, signal)) ?? to - 86_400_000;
  const unit = unitFor(from, to);
  const lines = await loadTimedCounts(filter, unit, signal);
  const stacks = stacksOf(lines, { unit, from, to });
  return { stacks, unit, from, to: Math.max(to, from + 1) };
}

async function oldestTime(filter: ActivityFilter, signal: AbortSignal): Promise<number | undefined> {
  const { data } = await service.queryPage({ ...filter, order: 'asc', limit: 1 }, { signal });
  const [oldest] = data;
  return oldest === undefined ? undefined : Date.parse(oldest.createdAt);
}
