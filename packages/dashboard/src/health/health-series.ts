import type { HealthPoint } from '@user-activity/client/health';
import type { ChartSeries } from '../shared/time-chart.tsx';

/** The data of one chart of the last hour, with a value for each minute. */
export interface HealthChart {
  readonly title: string;
  readonly unit: string;
  readonly kind: 'lines' | 'stacked-bars';
  readonly series: readonly ChartSeries[];
}

/** The figures above the charts. A member is undefined if the process does not measure it. */
export interface Figures {
  readonly acceptedPerSecond: number | undefined;
  readonly storedPerSecond: number | undefined;
  /** The number of records that all consumers together handled. Only a process without a consumer measures it. */
  readonly handledPerSecond: number | undefined;
  /** The number of records that are not handled yet. */
  readonly lag: number | undefined;
  readonly storedAfterMs: HealthPoint['storedAfterMs'];
  /** The number of new dead letters in the last hour. */
  readonly deadLettered: number | undefined;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** The rate of a minute that began less than 5 seconds ago is not reliable. */
const minSeconds = 5;

const perSecond = ({ seconds }: HealthPoint, count: number | undefined): number | null =>
  count === undefined || seconds === 0 ? null : count / seconds;

/** Returns the points without the last one if that is shorter than 5 seconds. Keeps it if it is the only point. */
export const dropShortLastPoint = (points: readonly HealthPoint[]): readonly HealthPoint[] => {
  const last = points.at(-1);
  return points.length > 1 && last !== undefined && last.seconds < minSeconds ? points.slice(0, -1) : points;
};

/** Returns the charts for the points. Leaves out a chart if the process measures none of its series. */
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
        // A broad line, because the next one usually covers it.
        ...series('accepted', '--type-0', (point) => perSecond(point, point.accepted)).map((one) => ({
          ...one,
          isBroad: true,
        })),
        ...series('stored', '--type-1', (point) => perSecond(point, point.stored)),
        // Only a process without a consumer has this, for all consumers together. Other processes have `stored` instead.
        ...series('handled', '--type-1', (point) => perSecond(point, point.handled)),
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

/** Returns true if the process has no consumer. Such a process measures `handled`, but not `stored`. */
export const hasNoConsumer = (points: readonly HealthPoint[]): boolean =>
  points.some(({ handled }) => handled !== undefined) && points.every(({ stored }) => stored === undefined);

/**
 * Returns the figures of the last minute, and the dead letters of the whole hour. `storedAfterMs` is from the latest minute that has it.
 */
export function figuresOf(points: readonly HealthPoint[]): Figures {
  const last = points.at(-1);
  const counted = points.flatMap(({ deadLettered }) => deadLettered ?? []);
  return {
    acceptedPerSecond: (last && perSecond(last, last.accepted)) ?? undefined,
    storedPerSecond: (last && perSecond(last, last.stored)) ?? undefined,
    handledPerSecond: (last && perSecond(last, last.handled)) ?? undefined,
    lag: last?.lag,
    storedAfterMs: points.findLast(({ storedAfterMs }) => storedAfterMs !== undefined)?.storedAfterMs,
    deadLettered: counted.length === 0 ? undefined : counted.reduce((sum, count) => sum + count, 0),
  };
}

/** Returns the time range of the charts, in ms since 1970: the hour that ends with the current minute. */
export const lastHour = (now: number): { readonly from: number; readonly to: number } => {
  const to = Math.ceil(now / minuteMs) * minuteMs;
  return { from: to - hourMs, to };
};
