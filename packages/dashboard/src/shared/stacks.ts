import type { ChartSeries } from './time-chart.tsx';
import { type ColorMemory, colorsOf, maxTypes, otherColor } from './type-colors.ts';
import { bucketTimes, timeOfKey, type TimeUnit } from './time-units.ts';

/** The number of activities of a type in a unit of time. */
export interface StackLine {
  readonly key: string;
  /** Undefined: types that were not counted apart. */
  readonly type: string | undefined;
  readonly count: number;
}

/** The part of a type. */
export interface Stack extends ChartSeries {
  readonly total: number;
  /** Undefined: all types without a part of their own. */
  readonly type: string | undefined;
}

/** Bars over time, in parts by type. */
export interface Stacks {
  readonly times: readonly number[];
  readonly series: readonly Stack[];
  readonly total: number;
}

const otherName = 'other types';

/** Makes bars of counts. Units without an activity are there, too, so that all bars have the same width. */
export function stacksOf(
  lines: readonly StackLine[],
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
  const colors = colorsOf(shown, memory);
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

/** Adds lines for the activities whose types were not counted apart. `all` has the counts of all types together. */
export function withOthers(
  apart: readonly StackLine[],
  all: readonly { readonly key: string; readonly count: number }[],
): readonly StackLine[] {
  const counted = new Map<string, number>();
  for (const { key, count } of apart) counted.set(key, (counted.get(key) ?? 0) + count);
  const others = all.map(({ key, count }) => ({
    key,
    type: undefined,
    count: count - (counted.get(key) ?? 0),
  }));
  // More may have arrived between the two counts.
  return [...apart, ...others.filter(({ count }) => count > 0)];
}
