import { type ActivityFilter, ProblemError } from '@user-activity/client';
import { service } from '../api/service.ts';
import { type StackLine, withOthers } from './stacks.ts';
import { timeZone } from './time-format.ts';
import type { TimeUnit } from './time-units.ts';
import { maxTypes } from './type-colors.ts';

/** The number of activities of a type. */
export interface TypeCount {
  readonly type: string;
  readonly count: number;
}

/** Loads the counts by type. The service refuses them for many types: then only the most frequent ones are counted apart. */
export async function loadLines(
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
  const types = await loadTypes(filter, signal);
  return (types ?? []).slice(0, maxTypes - 1).map(({ type }) => type);
}

/** Loads how often each type is there, the most frequent first. Undefined: there are too many types to count them. */
export async function loadTypes(
  filter: ActivityFilter,
  signal: AbortSignal,
): Promise<readonly TypeCount[] | undefined> {
  try {
    const { data } = await service.stats({ ...filter, by: 'type' }, { signal });
    return data
      .map(({ key, count }) => ({ type: key, count }))
      .toSorted((a, b) => b.count - a.count || (a.type < b.type ? -1 : 1));
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
}

const isRefusal = (error: unknown): boolean => error instanceof ProblemError && error.status === 400;
