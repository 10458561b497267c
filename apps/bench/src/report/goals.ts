import type { Metric } from '../measure/alternate.ts';
import type { Spread } from '../measure/statistics.ts';
import { metricOf, ratioOf, type WorkResult } from './report.ts';

/** A figure of the service that a run must reach: of a side alone, or divided by that of another side. */
export interface Goal {
  readonly work: string;
  readonly about: string;
  readonly side: string;
  /** The side to divide by, round by round. */
  readonly dividedBy?: string;
  readonly metric: Metric;
  readonly min?: number;
  readonly max?: number;
}

/** Whether a run reached a goal, by the median. */
export interface GoalState {
  readonly goal: Goal;
  readonly state: 'reached' | 'missed' | 'unmeasured';
  readonly measured?: Spread;
}

const ratio = (work: string, other: string, min: number): Goal => ({
  work,
  about: `at least ${min} × ${other}`,
  side: 'product',
  dividedBy: other,
  metric: 'perSecond',
  min,
});
const cpu = (work: string, max: number): Goal => ({
  work,
  about: `at most ${max} µs of CPU`,
  side: 'product',
  metric: 'cpuUs',
  max,
});

const latency = (side: string, metric: 'p50Ms' | 'p99Ms', max: number): Goal => ({
  work: 'freshness',
  about: `${side}: ${metric === 'p50Ms' ? 'p50' : 'p99'} at most ${max} ms`,
  side,
  metric,
  max,
});
const deepPage = (work: string): Goal => ({
  work,
  about: 'page 1,000 within 10 % of the newest page',
  side: 'product, deep',
  dividedBy: 'product',
  metric: 'perSecond',
  min: 0.9,
});
const size = (side: string, max: number): Goal => ({
  work: 'bytes',
  about: `${side}: at most ${max} bytes`,
  side,
  metric: 'bytesPerEvent',
  max,
});
const growth = (side: string): Goal => ({
  work: 'memory',
  about: `${side}: flat within 10 %`,
  side,
  metric: 'growth',
  max: 1.1,
});

/** The goals of each benchmark. The report says which were missed. */
export const goals: readonly Goal[] = [
  ratio('single', 'Go', 1.1),
  ratio('single', 'own', 0.85),
  cpu('single', 26),
  ratio('batch100', 'Go', 1.2),
  ratio('batch100', 'own', 0.7),
  cpu('batch100', 3.5),
  ratio('batch1000', 'Go', 1),
  ratio('batch1000', 'own', 0.7),
  cpu('batch1000', 4.5),
  ratio('ndjson1000', 'Go', 1),
  ratio('ndjson1000', 'own', 0.7),
  cpu('ndjson1000', 4.5),
  ratio('drain', 'raw insertMany', 0.65),
  cpu('drain', 9),
  latency('idle', 'p50Ms', 10),
  latency('idle', 'p99Ms', 30),
  latency('half', 'p99Ms', 250),
  ratio('pages1', 'find().toArray()', 1),
  ratio('pages32', 'find().toArray()', 1),
  deepPage('pages1'),
  deepPage('pages32'),
  size('product', 350),
  size('product, small', 265),
  ratio('embedded', 'node:sqlite', 0.9),
  ratio('embedded100', 'node:sqlite', 1.5),
  growth('api'),
  growth('consumer'),
];

export function stateOf(goal: Goal, works: readonly WorkResult[]): GoalState {
  const work = works.find(({ name }) => name === goal.work);
  const { side, dividedBy, metric, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = goal;
  const measured =
    work === undefined
      ? undefined
      : dividedBy === undefined
        ? metricOf(work, side, metric)
        : ratioOf(work, [side, dividedBy], metric);
  if (measured === undefined) return { goal, state: 'unmeasured' };
  const isReached = measured.median >= min && measured.median <= max;
  return { goal, state: isReached ? 'reached' : 'missed', measured };
}
