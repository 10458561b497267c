import type { ChartSeries } from './time-chart.tsx';
import { type ColorMemory, assignColors, maxTypes, otherColor } from './type-colors.ts';
import { bucketTimes, timeOfKey, type TimeUnit } from './time-units.ts';

/** The number of activities of one type in one unit of time. */
export interface TimedCount {
  /** The unit of time, as the service names it, such as `2026-11-30`. */
  readonly key: string;
  /** Undefined: the count is for all types that have no count of their own. */
  readonly type: string | undefined;
  readonly count: number;
}

/** The series of one type in a stacked bar chart. */
export interface Stack extends ChartSeries {
  /** The sum of the values. */
  readonly total: number;
  /** Undefined: the series of all types without a color of their own. */
  readonly type: string | undefined;
}

/** The data of a stacked bar chart: a bar for each unit of time, and a series for each type. */
export interface Stacks {
  /** The start of each bar, in ms since 1970. */
  readonly times: readonly number[];
  readonly series: readonly Stack[];
  /** The total number of activities. */
  readonly total: number;
}

const otherName = 'other types';

/**
 * Converts counts to the data of a stacked bar chart. Units of time without an activity get an empty bar, so that all bars have the same
 * width.
 */
export function stacksOf(
  lines: readonly TimedCount[],
  { unit, from, to }: { readonly unit: TimeUnit; readonly from: number; readonly to: number },
  memory?: ColorMemory,
): Stacks {
  const counted = lines.flatMap((line) => {
    const time = timeOfKey(line.key, unit);
    return time === undefined ? [] : [{ ...line, time }];
  });
  const allTimes = new Set([...bucketTimes(unit, from, to), ...counted.map(({ time }) => time)]);
  const times = [...allTimes].toSorted((a, b) => a - b);
  const indexByTime = new Map(times.map((time, index) => [time, index]));
  const totals = new Map<string, number>();
  for (const { type, count } of counted)
    if (type !== undefined) totals.set(type, (totals.get(type) ?? 0) + count);
  const ranked = [...totals].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const shown = ranked.slice(0, ranked.length > maxTypes ? maxTypes - 1 : maxTypes).map(([type]) => type);
  const colors = assignColors(shown, memory);
  const series = [...shown, undefined].map((type) => ({
    type,
    name: type ?? otherName,
    color: colors.get(type ?? '') ?? otherColor,
    total: 0,
    values: times.map(() => 0),
  }));
  for (const { type, time, count } of counted) {
    const stack = series.find((part) => part.type === type) ?? series.at(-1);
    const index = indexByTime.get(time) ?? 0;
    if (stack === undefined) continue;
    stack.total += count;
    stack.values[index] = (stack.values[index] ?? 0) + count;
  }
  const total = series.reduce((sum, stack) => sum + stack.total, 0);
  return { times, series: series.filter((stack) => stack.total > 0), total };
}

/** Adds a count for the other types in each unit of time: the count of all types together, from `all`, minus the counts in `frequent`. */
export function addOtherTypes(
  frequent: readonly TimedCount[],
  all: readonly { readonly key: string; readonly count: number }[],
): readonly TimedCount[] {
  const counted = new Map<string, number>();
  for (const { key, count } of frequent) counted.set(key, (counted.get(key) ?? 0) + count);
  const others = all.map(({ key, count }) => ({
    key,
    type: undefined,
    count: count - (counted.get(key) ?? 0),
  }));
  // The difference may be negative, because activities arrive between the two requests.
  return [...frequent, ...others.filter(({ count }) => count > 0)];
}
