import type { Metric } from '../measure/alternate.ts';
import { ratiosOf, type Spread, spreadOf } from '../measure/statistics.ts';
import type { SideResult } from '../works/work.ts';

/** The results of a work. */
export interface WorkResult {
  readonly name: string;
  readonly about: string;
  readonly sides: readonly SideResult[];
  /** Why the work has no results, if it failed. */
  readonly failure?: string;
}

/** The machine and the programs on which a run measured. */
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

/** Returns what a side measured in each round; empty if it did not measure this. */
function figuresOf(work: WorkResult, sideName: string, metric: Metric): number[] {
  const side = work.sides.find(({ name }) => name === sideName);
  return (side?.samples ?? []).flatMap((sample) => sample[metric] ?? []);
}

/** Returns the spread of a metric, or undefined if the side did not measure it. */
export function metricOf(work: WorkResult, sideName: string, metric: Metric): Spread | undefined {
  const figures = figuresOf(work, sideName, metric);
  return figures.length === 0 ? undefined : spreadOf(figures);
}

/** Returns the spread of the ratios of two sides, paired by round, or undefined if one of them did not measure it. */
export function ratioOf(
  work: WorkResult,
  [side, other]: readonly [side: string, other: string],
  metric: Metric,
): Spread | undefined {
  const ratios = ratiosOf(figuresOf(work, side, metric), figuresOf(work, other, metric));
  return ratios.length === 0 ? undefined : spreadOf(ratios);
}
