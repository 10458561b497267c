import { dayFormat, shortTimeFormat } from './time-format.ts';

interface Values {
  readonly values: readonly (number | null)[];
}

/**
 * Stacks series: adds to each the sum of the series before it. Returns them in reverse order, so that the smaller sums are drawn over the
 * larger ones.
 */
export function stackSeries<Series extends Values>(series: readonly Series[]): Series[] {
  let below: readonly number[] = [];
  const stacked: Series[] = [];
  for (const one of series) {
    const values = one.values.map((value, index) => (value ?? 0) + (below[index] ?? 0));
    stacked.unshift({ ...one, values });
    below = values;
  }
  return stacked;
}

/** Returns the index of the last time at or before a moment, or undefined if there is none. The times must be in ascending order. */
export function indexAt(times: readonly number[], moment: number): number | undefined {
  const after = times.findIndex((time) => time > moment);
  const index = (after === -1 ? times.length : after) - 1;
  return index < 0 ? undefined : index;
}

/** Returns the indexes of the values that have no value before and after them. */
export const indexesWithoutNeighbors = (values: readonly (number | null | undefined)[]): number[] => {
  const isThere = (index: number): boolean => typeof values[index] === 'number';
  return [...values.keys()].filter((index) => isThere(index) && !isThere(index - 1) && !isThere(index + 1));
};

/** Returns a label for each tick of a time axis: the day where a new day begins, and otherwise the time. Ticks are in s since 1970. */
export function tickLabels(ticks: readonly number[]): string[] {
  const days = ticks.map((seconds) => dayFormat.format(seconds * 1000));
  return ticks.map((seconds, index) => {
    const time = shortTimeFormat.format(seconds * 1000);
    const isMidnight = time === '00:00';
    return isMidnight || (index > 0 && days[index] !== days[index - 1]) ? String(days[index]) : time;
  });
}
