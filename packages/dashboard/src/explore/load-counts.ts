import { type ActivityFilter, ProblemError } from '@user-activity/client';
import { service, serviceNow } from '../api/service.ts';
import { timeZone } from '../shared/time-format.ts';
import { maxTypes } from '../shared/type-colors.ts';
import { type StackLine, type Stacks, stacksOf, withOthers } from './stacks.ts';
import type { TimeRange } from './time-range.ts';
import { type TimeUnit, unitFor } from './time-units.ts';

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

/** Loads the counts by type. The service refuses them for many types: then only the most frequent ones are counted apart. */
async function loadLines(
  filter: ActivityFilter,
  unit: TimeUnit,
  signal: AbortSignal,
): Promise<readonly StackLine[]> {
  const countByType = async (part: ActivityFilter): Promise<readonly StackLine[]> => {
    const query = { ...part, by: `${unit},type`, timezone: timeZone } as const;
    const { data } = await service.stats(query, { signal });
    return data.map(({ key, type, count }) => ({ key, type, count }));
  };
  try {
    return await countByType(filter);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    // If the fault is another one, the same query without types has it, too.
    const all = await service.stats({ ...filter, by: unit, timezone: timeZone }, { signal });
    const types = await frequentTypes(filter, signal);
    const apart = types.length === 0 ? [] : await countByType({ ...filter, type: types });
    return withOthers(apart, all.data);
  }
}

async function frequentTypes(filter: ActivityFilter, signal: AbortSignal): Promise<readonly string[]> {
  try {
    const { data } = await service.stats({ ...filter, by: 'type' }, { signal });
    return data.slice(0, maxTypes - 1).map(({ key }) => key);
  } catch (error) {
    // There are too many types even for that.
    if (isRefusal(error)) return [];
    throw error;
  }
}

const isRefusal = (error: unknown): boolean => error instanceof ProblemError && error.status === 400;
