import type { HealthPoint } from '@user-activity/client/health';
import type { ChartSeries } from '../shared/time-chart.tsx';

/** A chart of the history: values by the minute, and the latest one as text. */
export interface HealthChart {
  readonly title: string;
  readonly unit: string;
  readonly kind: 'lines' | 'stacked-bars';
  readonly series: readonly ChartSeries[];
}

/** The latest figures. A member is undefined if the process does not measure it. */
export interface Figures {
  readonly acceptedPerSecond: number | undefined;
  readonly storedPerSecond: number | undefined;
  /** By all consumers together. Only known to a process without a consumer. */
  readonly handledPerSecond: number | undefined;
  readonly lag: number | undefined;
  readonly storedAfterMs: HealthPoint['storedAfterMs'];
  /** In the last hour. */
  readonly deadLettered: number | undefined;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** A minute that has just begun says little. */
const minSeconds = 5;

const rate = ({ seconds }: HealthPoint, count: number | undefined): number | null =>
  count === undefined || seconds === 0 ? null : count / seconds;

/** Returns the points that are long enough to say something. */
export const solidPoints = (points: readonly HealthPoint[]): readonly HealthPoint[] => {
  const last = points.at(-1);
  return points.length > 1 && last !== undefined && last.seconds < minSeconds ? points.slice(0, -1) : points;
};

/** Returns the charts of what the process measures. */
export function chartsOf(points: readonly HealthPoint[]): readonly HealthChart[] {
  const series = (
    name: string,
    color: string,
    valueOf: (point: HealthPoint) => number | null | undefined,
  ): readonly ChartSeries[] => {
    const values = points.map((point) => valueOf(point) ?? null);
    return values.every((value) => value === null) ? [] : [{ name, color, values }];
  };
  return [
    {
      title: points.some(({ handled }) => handled !== undefined)
        ? 'Accepted and handled'
        : 'Accepted and stored',
      unit: 'per second',
      kind: 'lines' as const,
      series: [
        // Mostly the same.
        ...series('accepted', '--type-0', (point) => rate(point, point.accepted)).map((one) => ({
          ...one,
          isBroad: true,
        })),
        ...series('stored', '--type-1', (point) => rate(point, point.stored)),
        // A process without a consumer knows it of all consumers together.
        ...series('handled', '--type-1', (point) => rate(point, point.handled)),
      ],
    },
    {
      title: 'Accepted to stored',
      unit: 'ms',
      kind: 'lines' as const,
      series: [
        ...series('99th percentile', '--type-2', ({ storedAfterMs }) => storedAfterMs?.p99),
        ...series('median', '--type-4', ({ storedAfterMs }) => storedAfterMs?.p50),
      ],
    },
    {
      title: 'Lag',
      unit: 'records',
      kind: 'stacked-bars' as const,
      series: series('not handled yet', '--type-6', ({ lag }) => lag),
    },
    {
      title: 'New dead letters',
      unit: 'per minute',
      kind: 'stacked-bars' as const,
      series: series('dead letters', '--type-7', ({ deadLettered }) => deadLettered),
    },
  ].filter((chart) => chart.series.length > 0);
}

/** Returns whether these are from a process without a consumer: it measures neither what is stored nor how fast. */
export const hasNoConsumer = (points: readonly HealthPoint[]): boolean =>
  points.some(({ handled }) => handled !== undefined) && points.every(({ stored }) => stored === undefined);

/** Returns the latest figures. */
export function figuresOf(points: readonly HealthPoint[]): Figures {
  const last = points.at(-1);
  const counted = points.flatMap(({ deadLettered }) => deadLettered ?? []);
  return {
    acceptedPerSecond: (last && rate(last, last.accepted)) ?? undefined,
    storedPerSecond: (last && rate(last, last.stored)) ?? undefined,
    handledPerSecond: (last && rate(last, last.handled)) ?? undefined,
    lag: last?.lag,
    storedAfterMs: points.findLast(({ storedAfterMs }) => storedAfterMs !== undefined)?.storedAfterMs,
    deadLettered: counted.length === 0 ? undefined : counted.reduce((sum, count) => sum + count, 0),
  };
}

/** Returns the range of the charts: the last hour. It moves on by the minute. */
export const hourBefore = (now: number): { readonly from: number; readonly to: number } => {
  const to = Math.ceil(now / minuteMs) * minuteMs;
  return { from: to - hourMs, to };
};
