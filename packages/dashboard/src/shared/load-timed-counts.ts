import { type ActivityFilter, ProblemError } from '@user-activity/client';
import { service } from '../api/service.ts';
import { type TimedCount, addOtherTypes } from './stacks.ts';
import { timeZone } from './time-format.ts';
import type { TimeUnit } from './time-units.ts';
import { maxTypes } from './type-colors.ts';

/** The number of activities that have a type. */
export interface TypeCount {
  readonly type: string;
  readonly count: number;
}

/**
 * Loads the number of activities of each type in each unit of time. If there are too many types for one answer, the service refuses the
 * request. The result then has only the most frequent types, and one count per unit for all other types together, with the type undefined.
 */
export async function loadTimedCounts(
  filter: ActivityFilter,
  unit: TimeUnit,
  signal: AbortSignal,
): Promise<readonly TimedCount[]> {
  const countByType = async (part: ActivityFilter): Promise<readonly TimedCount[]> => {
    const query = { ...part, by: `${unit},type`, timezone: timeZone } as const;
    const { data } = await service.stats(query, { signal });
    return data.map(({ key, type, count }) => ({ key, type, count }));
  };
  try {
    return await countByType(filter);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    // If the service refused the query for another reason, it refuses this one, too, so the error is not lost.
    const all = await service.stats({ ...filter, by: unit, timezone: timeZone }, { signal });
    const types = await frequentTypes(filter, signal);
    const frequent = types.length === 0 ? [] : await countByType({ ...filter, type: types });
    return addOtherTypes(frequent, all.data);
  }
}

/** Returns the most frequent types, one fewer than there are colors. Empty if there are too many types to count. */
async function frequentTypes(filter: ActivityFilter, signal: AbortSignal): Promise<readonly string[]> {
  const types = await loadTypeCounts(filter, signal);
  return (types ?? []).slice(0, maxTypes - 1).map(({ type }) => type);
}

/** Loads the number of activities of each type, most frequent first. Undefined if there are too many types for the service to count. */
export async function loadTypeCounts(
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
