import type { ActivityFilter } from '@user-activity/client';
import { service, serviceNow } from '../api/service.ts';
import { loadLines } from '../shared/load-lines.ts';
import { type Stacks, stacksOf } from '../shared/stacks.ts';
import { type TimeUnit, unitFor } from '../shared/time-units.ts';
import type { TimeRange } from './time-range.ts';

/** Counts over time, by type. */
export interface Counts {
  readonly stacks: Stacks;
  readonly unit: TimeUnit;
  readonly from: number;
  readonly to: number;
}

/** Counts the activities that match, in units of time that fit the range. Without a beginning, the range begins with the oldest activity. */
export async function loadCounts(
  filter: ActivityFilter,
  range: TimeRange,
  signal: AbortSignal,
): Promise<Counts> {
  const to = Math.min(range.to ?? Infinity, serviceNow());
  const from = range.from ?? (await oldestTime(filter, signal)) ?? to - 86_400_000;
  const unit = unitFor(from, to);
  const lines = await loadLines(filter, unit, signal);
  const stacks = stacksOf(lines, { unit, from, to });
  return { stacks, unit, from, to: Math.max(to, from + 1) };
}

async function oldestTime(filter: ActivityFilter, signal: AbortSignal): Promise<number | undefined> {
  const { data } = await service.queryPage({ ...filter, order: 'asc', limit: 1 }, { signal });
  const [oldest] = data;
  return oldest === undefined ? undefined : Date.parse(oldest.createdAt);
}
