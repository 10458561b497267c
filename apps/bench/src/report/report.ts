import type { Metric } from '../measure/measure-alternately.ts';
import { ratiosOf, type Spread, spreadOf } from '../measure/statistics.ts';
import type { SideResult } from '../works/work.ts';

/** The results of a work. */
export interface WorkResult {
  readonly name: string;
  readonly about: string;
  readonly sides: readonly SideResult[];
  /** The error message, if the work failed. A failed work has no sides. */
  readonly failure?: string;
}

/** The machine on which a run took place, with the versions of its system and Node.js. */
export interface Machine {
  readonly processor: string;
  readonly processors: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
}

/** The results of a run. */
export interface Report {
  readonly date: string;
  readonly machine: Machine;
  readonly scale: Readonly<Record<string, number>>;
  readonly works: readonly WorkResult[];
}

/** Returns the values of a metric, one for each round. Returns an empty list if the side did not measure the metric. */
function figuresOf(work: WorkResult, sideName: string, metric: Metric): number[] {
  const side = work.sides.find(({ name }) => name === sideName);
  return (side?.samples ?? []).flatMap((sample) => sample[metric] ?? []);
}

/** Returns the median and the quartiles of a metric over all rounds. Returns undefined if the side did not measure the metric. */
export function spreadOfMetric(work: WorkResult, sideName: string, metric: Metric): Spread | undefined {
  const figures = figuresOf(work, sideName, metric);
  return figures.length === 0 ? undefined : spreadOf(figures);
}

/** Divides a metric of two sides, round by round, and returns the median and the quartiles of the ratios. Undefined if a side did not measure it. */
export function spreadOfRatios(
  work: WorkResult,
  [side, other]: readonly [side: string, other: string],
  metric: Metric,
): Spread | undefined {
  const ratios = ratiosOf(figuresOf(work, side, metric), figuresOf(work, other, metric));
  return ratios.length === 0 ? undefined : spreadOf(ratios);
}
