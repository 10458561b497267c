import type { ActivityFilter, StatsLine } from '@user-activity/client';
import { useMemo } from 'preact/hooks';
import { service, serviceNow } from '../api/service.ts';
import { Failed } from '../shared/states.tsx';
import { TimeChart } from '../shared/time-chart.tsx';
import { formatCount, timeZone } from '../shared/time-format.ts';
import { type StackLine, type Stacks, stacksOf } from './stacks.ts';
import type { TimeRange } from './time-range.ts';
import type { ColorMemory } from '../shared/type-colors.ts';
import { endOf, startOf, type TimeUnit, unitFor } from './time-units.ts';
import './histogram.css';

/** Counts over time, by type. */
export interface Counts {
  readonly stacks: Stacks;
  readonly unit: TimeUnit;
  readonly from: number;
  readonly to: number;
}

/** Counts the activities that match, in units of time that fit the range. Without a beginning, the range begins with the oldest activity. */
export async function loadCounts(
  filter: ActivityFilter,
  range: TimeRange,
  signal: AbortSignal,
): Promise<Counts> {
  const to = Math.min(range.to ?? Infinity, serviceNow());
  const from = range.from ?? (await oldestTime(filter, signal)) ?? to - 86_400_000;
  const unit = unitFor(from, to);
  const { data } = await service.stats({ ...filter, by: `${unit},type`, timezone: timeZone }, { signal });
  const stacks = stacksOf(linesOf(data), { unit, from, to }, colorMemory);
  return { stacks, unit, from, to: Math.max(to, from + 1) };
}

const colorMemory: ColorMemory = new Map();

const linesOf = (lines: readonly StatsLine[]): readonly StackLine[] =>
  lines.map(({ key, type = '', count }) => ({ key, type, count }));

async function oldestTime(filter: ActivityFilter, signal: AbortSignal): Promise<number | undefined> {
  const { data } = await service.queryPage({ ...filter, order: 'asc', limit: 1 }, { signal });
  const [oldest] = data;
  return oldest === undefined ? undefined : Date.parse(oldest.createdAt);
}

interface HistogramProps {
  readonly counts: Counts | undefined;
  readonly isLoading: boolean;
  readonly error: unknown;
  readonly retry: () => void;
  readonly types: readonly string[];
  readonly onSelect: (from: number, to: number) => void;
  readonly onToggleType: (type: string) => void;
}

/** Bars of the number of activities over time, by type. A range that is dragged narrows the view, and a type in the legend filters by it. */
export function Histogram({
  counts,
  isLoading,
  error,
  retry,
  types,
  onSelect,
  onToggleType,
}: HistogramProps) {
  const label = useMemo(() => (counts === undefined ? '' : summary(counts)), [counts]);
  if (counts === undefined)
    return (
      <section class="histogram" aria-label="Activities over time" aria-busy={isLoading}>
        {error !== undefined && <Failed error={error} retry={retry} />}
      </section>
    );
  const { stacks, unit, from, to } = counts;
  return (
    <section class="histogram" aria-label="Activities over time" aria-busy={isLoading}>
      <header>
        <h2>
          <b>{formatCount(stacks.total)}</b> {stacks.total === 1 ? 'activity' : 'activities'}
          <span> · per {unit}</span>
        </h2>
        <ul class="legend">
          {stacks.series.map(({ name, color, total }) => (
            <li key={name}>
              <button
                type="button"
                aria-pressed={types.includes(name)}
                disabled={color === '--type-other'}
                onClick={() => onToggleType(name)}
              >
                <i style={{ background: `var(${color})` }} />
                <bdi>{name}</bdi>
                <span>{formatCount(total)}</span>
              </button>
            </li>
          ))}
        </ul>
      </header>
      <TimeChart
        label={label}
        times={stacks.times}
        series={stacks.series}
        kind="stacked-bars"
        from={startOf(unit, from)}
        to={endOf(unit, to)}
        height={132}
        onSelect={(first, last) => onSelect(startOf(unit, first), endOf(unit, last))}
      />
    </section>
  );
}

/** Says in words what the chart shows. */
function summary({ stacks, unit }: Counts): string {
  const sums = stacks.times.map((_, index) =>
    stacks.series.reduce((sum, { values }) => sum + (values[index] ?? 0), 0),
  );
  const most = Math.max(0, ...sums);
  const types = stacks.series.map(({ name, total }) => `${name} ${formatCount(total)}`);
  return `Activities per ${unit}: ${formatCount(stacks.total)} in all, at most ${formatCount(most)} in one ${unit}. ${types.join(', ')}`;
}
