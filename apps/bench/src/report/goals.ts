import type { Metric } from '../measure/measure-alternately.ts';
import type { Spread } from '../measure/statistics.ts';
import { spreadOfMetric, spreadOfRatios, type WorkResult } from './report.ts';

/** A limit for a metric of a side, or for the ratio of this metric to that of another side. Exactly one of `min` and `max` is set. */
export interface Goal {
  readonly work: string;
  readonly about: string;
  readonly side: string;
  /** The side whose metric is the divisor. The metrics are divided round by round. */
  readonly dividedBy?: string;
  readonly metric: Metric;
  readonly min?: number;
  readonly max?: number;
}

/** Whether the median of the measurements reached a goal. */
export interface GoalState {
  readonly goal: Goal;
  readonly state: 'reached' | 'missed' | 'unmeasured';
  readonly measured?: Spread;
}

const ratioGoal = (work: string, other: string, min: number): Goal => ({
  work,
  about: `at least ${min} × ${other}`,
  side: 'product',
  dividedBy: other,
  metric: 'perSecond',
  min,
});
const cpuGoal = (work: string, max: number): Goal => ({
  work,
  about: `at most ${max} µs of CPU per item`,
  side: 'product',
  metric: 'cpuUs',
  max,
});

const latencyGoal = (side: string, metric: 'p50Ms' | 'p99Ms', max: number): Goal => ({
  work: 'freshness',
  about: `${side}: ${metric === 'p50Ms' ? 'p50' : 'p99'} at most ${max} ms`,
  side,
  metric,
  max,
});
const deepPageGoal = (work: string): Goal => ({
  work,
  about: 'page 1,000 at least 0.9 × as fast as the newest page',
  side: 'product, deep',
  dividedBy: 'product',
  metric: 'perSecond',
  min: 0.9,
});
const sizeGoal = (side: string, max: number): Goal => ({
  work: 'bytes',
  about: `${side}: at most ${max} bytes per activity`,
  side,
  metric: 'bytesPerEvent',
  max,
});
const growthGoal = (side: string): Goal => ({
  work: 'memory',
  about: `${side}: memory grows by at most 10 %`,
  side,
  metric: 'growth',
  max: 1.1,
});

/** All goals, by work. The report says which of them a run has missed. */
export const goals: readonly Goal[] = [
  ratioGoal('single', 'Go', 1.1),
  ratioGoal('single', 'own', 0.85),
  cpuGoal('single', 26),
  ratioGoal('batch100', 'Go', 1.2),
  ratioGoal('batch100', 'own', 0.7),
  cpuGoal('batch100', 3.5),
  ratioGoal('batch1000', 'Go', 1),
  ratioGoal('batch1000', 'own', 0.7),
  cpuGoal('batch1000', 4.5),
  ratioGoal('ndjson1000', 'Go', 1),
  ratioGoal('ndjson1000', 'own', 0.7),
  cpuGoal('ndjson1000', 4.5),
  ratioGoal('drain', 'raw insertMany', 0.65),
  cpuGoal('drain', 9),
  latencyGoal('idle', 'p50Ms', 10),
  latencyGoal('idle', 'p99Ms', 30),
  latencyGoal('half', 'p99Ms', 250),
  ratioGoal('pages1', 'find().toArray()', 1),
  ratioGoal('pages32', 'find().toArray()', 1),
  deepPageGoal('pages1'),
  deepPageGoal('pages32'),
  sizeGoal('product', 350),
  sizeGoal('product, small', 265),
  ratioGoal('embedded', 'node:sqlite', 0.9),
  ratioGoal('embedded100', 'node:sqlite', 1.5),
  growthGoal('api'),
  growthGoal('consumer'),
];

/** Compares a goal with the results. The state is `unmeasured` if the work did not run, or a side of it was not measured. */
export function goalStateOf(goal: Goal, works: readonly WorkResult[]): GoalState {
  const work = works.find(({ name }) => name === goal.work);
  const { side, dividedBy, metric, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = goal;
  const measured =
    work === undefined
      ? undefined
      : dividedBy === undefined
        ? spreadOfMetric(work, side, metric)
        : spreadOfRatios(work, [side, dividedBy], metric);
  if (measured === undefined) return { goal, state: 'unmeasured' };
  const isReached = measured.median >= min && measured.median <= max;
  return { goal, state: isReached ? 'reached' : 'missed', measured };
}
