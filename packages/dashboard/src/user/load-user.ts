import type { Activity, ActivityFilter } from '@user-activity/client';
import { service, serviceNow } from '../api/service.ts';
import type { ChartSeries } from '../shared/time-chart.tsx';
import { timeZone } from '../shared/time-format.ts';
import { colorsOf, maxTypes } from '../shared/type-colors.ts';
import { startOfDay, startsOfDays } from './days.ts';
import type { UserState } from './user-state.ts';

/** What a user did, in numbers. */
export interface Summary {
  /** The range that it is about. */
  readonly from: string;
  readonly total: number;
  /** The most frequent first. */
  readonly types: readonly { readonly type: string; readonly count: number }[];
  /** The number of activities of each type on each day. */
  readonly days: readonly number[];
  readonly series: readonly ChartSeries[];
  readonly first: Activity | undefined;
  readonly last: Activity | undefined;
}

/** A year, and a day more. */
const maxDays = 367;
const otherTypes = 'other types';

export const filterOf = ({ userId, from, type }: UserState): ActivityFilter => ({
  userId,
  ...(from !== '' && { from }),
  ...(type !== undefined && { type }),
});

/** Counts the activities of a user, by type and by day. The types are not narrowed to the chosen one, so that others can be chosen. */
export async function loadSummary(state: UserState, signal: AbortSignal): Promise<Summary> {
  const filter = filterOf({ ...state, type: undefined });
  const edge = async (order: 'asc' | 'desc'): Promise<Activity | undefined> =>
    (await service.queryPage({ ...filter, order, limit: 1 }, { signal })).data[0];
  const [byDay, first, last] = await Promise.all([
    service.stats({ ...filter, by: 'day,type', timezone: timeZone }, { signal }),
    edge('asc'),
    edge('desc'),
  ]);
  const counts = new Map<string, number>();
  for (const { type = '', count } of byDay.data) counts.set(type, (counts.get(type) ?? 0) + count);
  const types = [...counts]
    .map(([type, count]) => ({ type, count }))
    .toSorted((a, b) => b.count - a.count || (a.type < b.type ? -1 : 1));
  const total = types.reduce((sum, { count }) => sum + count, 0);
  const from = first === undefined ? serviceNow() : Date.parse(first.createdAt);
  const days = startsOfDays(from, Math.max(serviceNow(), from), maxDays);
  const series = seriesOf(
    byDay.data,
    types.map(({ type }) => type),
    days,
    state.type,
  );
  return { from: state.from, total, types, days, series, first, last };
}

/** Returns the colors of the most frequent types, in CSS. All others share one. */
export function typeColors(types: readonly string[]): (type: string) => string {
  const colors = colorsOf(types.slice(0, types.length > maxTypes ? maxTypes - 1 : maxTypes), new Map());
  return (type) => colors.get(type) ?? '--type-other';
}

function seriesOf(
  lines: readonly { readonly key: string; readonly type?: string; readonly count: number }[],
  types: readonly string[],
  days: readonly number[],
  chosen: string | undefined,
): readonly ChartSeries[] {
  const indexOf = new Map(days.map((day, index) => [day, index]));
  const colorOf = typeColors(types);
  const series = new Map<string, { name: string; color: string; values: number[] }>();
  for (const { key, type = '', count } of lines) {
    const [year = 0, month = 1, day = 1] = key.split('-').map(Number);
    const index = indexOf.get(startOfDay(new Date(year, month - 1, day).getTime()));
    if (index === undefined || (chosen !== undefined && type !== chosen)) continue;
    const color = colorOf(type);
    const name = color === '--type-other' ? otherTypes : type;
    const one = series.get(name) ?? { name, color, values: days.map(() => 0) };
    one.values[index] = (one.values[index] ?? 0) + count;
    series.set(name, one);
  }
  const rank = (name: string): number => (name === otherTypes ? types.length : types.indexOf(name));
  return [...series.values()].toSorted((a, b) => rank(a.name) - rank(b.name));
}
