import { useMemo } from 'preact/hooks';
import { Failed } from '../shared/states.tsx';
import { TimeChart } from '../shared/time-chart.tsx';
import { formatCount } from '../shared/time-format.ts';
import { roundUpTo, startOf } from '../shared/time-units.ts';
import { Value } from '../shared/value.tsx';
import type { Counts } from './load-counts.ts';
import './histogram.css';

interface HistogramProps {
  readonly counts: Counts | undefined;
  readonly isLoading: boolean;
  readonly error: unknown;
  readonly retry: () => void;
  readonly types: readonly string[];
  readonly onSelect: (from: number, to: number) => void;
  readonly onToggleType: (type: string) => void;
}

/**
 * A chart of the number of activities over time, by type. Dragging across the chart selects a time range. Pressing a type in the legend
 * filters by it.
 */
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
          {stacks.series.map(({ name, type, color, total }) => (
            <li key={`${type === undefined ? 'other' : 'type'} ${name}`}>
              <button
                type="button"
                aria-pressed={type !== undefined && types.includes(type)}
                disabled={type === undefined}
                onClick={() => type !== undefined && onToggleType(type)}
              >
                <i style={{ background: `var(${color})` }} />
                <bdi>
                  <Value text={name} />
                </bdi>
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
        to={roundUpTo(unit, to)}
        height={132}
        onSelect={(first, last) => onSelect(startOf(unit, first), roundUpTo(unit, last))}
      />
    </section>
  );
}

/** Returns a text that describes the chart, for screen readers. */
function summary({ stacks, unit }: Counts): string {
  const sums = stacks.times.map((_, index) =>
    stacks.series.reduce((sum, { values }) => sum + (values[index] ?? 0), 0),
  );
  const most = Math.max(0, ...sums);
  const types = stacks.series.map(({ name, total }) => `${name} ${formatCount(total)}`);
  return `Activities per ${unit}: ${formatCount(stacks.total)} in all, at most ${formatCount(most)} in one ${unit}. ${types.join(', ')}`;
}
