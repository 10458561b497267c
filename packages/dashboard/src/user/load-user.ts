import type { Activity, ActivityFilter } from '@user-activity/client';
import { service, serviceNow } from '../api/service.ts';
import { loadTimedCounts, loadTypeCounts, type TypeCount } from '../shared/load-timed-counts.ts';
import { type Stacks, stacksOf } from '../shared/stacks.ts';
import { roundUpTo, startOf, type TimeUnit, unitFor } from '../shared/time-units.ts';
import { assignColors, maxTypes, otherColor } from '../shared/type-colors.ts';
import { rangeLengthMs, type UserState } from './user-state.ts';

/** The statistics of a user's activities. */
export interface Summary {
  /** The state for which the statistics were loaded. */
  readonly state: UserState;
  readonly total: number;
  /** Most frequent first. Undefined if there are too many types for the service to count. */
  readonly types: readonly TypeCount[] | undefined;
  readonly stacks: Stacks;
  readonly unit: TimeUnit;
  /** The range of the bars, in ms since 1970. */
  readonly from: number;
  readonly to: number;
  readonly first: Activity | undefined;
  readonly last: Activity | undefined;
}

/** Returns the filter for requests to the service. */
export const filterOf = ({ userId, from, type }: UserState): ActivityFilter => ({
  userId,
  ...(from !== '' && { from }),
  ...(type !== undefined && { type }),
});

/** Loads the statistics of a user. The chosen type filters only the chart: `types` has all types, so that others can be chosen. */
export async function loadSummary(state: UserState, signal: AbortSignal): Promise<Summary> {
  const filter = filterOf({ ...state, type: undefined });
  const outermost = async (order: 'asc' | 'desc'): Promise<Activity | undefined> =>
    (await service.queryPage({ ...filter, order, limit: 1 }, { signal })).data[0];
  const [total, types, first, last] = await Promise.all([
    service.count(filter, { signal }),
    loadTypeCounts(filter, signal),
    outermost('asc'),
    outermost('desc'),
  ]);
  const now = serviceNow();
  const length = rangeLengthMs(state.from);
  const oldest = first === undefined ? now : Date.parse(first.createdAt);
  // An activity may have a time in the future, so the range may end after now.
  const latest = Math.max(now, last === undefined ? now : Date.parse(last.createdAt));
  const begin = length === undefined ? oldest : now - length;
  const unit = unitFor(begin, latest);
  const lines = await loadTimedCounts(filterOf(state), unit, signal);
  const range = { unit, from: startOf(unit, begin), to: roundUpTo(unit, latest) };
  const colorOf = typeColors(types ?? []);
  const stacks = stacksOf(lines, range);
  const series = stacks.series.map((one) =>
    one.type === undefined ? one : { ...one, color: colorOf(one.type) },
  );
  return { ...range, state, total, types, stacks: { ...stacks, series }, first, last };
}

/** Returns a function from a type to the CSS variable with its color. The most frequent types have their own colors. All others share one. */
export function typeColors(types: readonly TypeCount[]): (type: string) => string {
  const shown = types.slice(0, types.length > maxTypes ? maxTypes - 1 : maxTypes).map(({ type }) => type);
  const colors = assignColors(shown);
  return (type) => colors.get(type) ?? otherColor;
}
