import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { theme } from '../shell/theme.ts';
import { dragByTouch } from './touch-drag.ts';
import { Value } from './value.tsx';
import { formatCount, formatMinute } from './time-format.ts';
import { stackSeries, indexAt, indexesWithoutNeighbors, tickLabels } from './time-series.ts';
import './time-chart.css';

/** A series of values over time, drawn in one color. */
export interface ChartSeries {
  readonly name: string;
  /** The name of a CSS variable, such as `--type-0`. */
  readonly color: string;
  /** One value for each time of the chart. Null: there is no value. */
  readonly values: readonly (number | null)[];
  /** Whether the line is broad, so that it stays visible below another line. Default: false. */
  readonly isBroad?: boolean;
}

interface TimeChartProps {
  /** What the chart shows, for screen readers. */
  readonly label: string;
  /** The times of the values, or the starts of the bars, in ms since 1970. */
  readonly times: readonly number[];
  readonly series: readonly ChartSeries[];
  readonly kind: 'stacked-bars' | 'lines';
  /** The time range of the chart, in ms since 1970. */
  readonly from: number;
  readonly to: number;
  /** The height in px. Default: 140. */
  readonly height?: number;
  readonly formatValue?: (value: number) => string;
  /** Called with the time range that somebody selects by dragging, in ms since 1970. Without it, dragging selects nothing. */
  readonly onSelect?: (from: number, to: number) => void;
}

interface Hover {
  readonly index: number;
  readonly left: number;
}

/** A chart over time, with stacked bars or lines. A tooltip shows the values at the pointer. */
export function TimeChart(props: TimeChartProps) {
  const { label, times, series, kind, from, to, height = 140, formatValue = formatCount, onSelect } = props;
  const place = useRef<HTMLDivElement>(null);
  const plotted = useRef<uPlot>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const [hover, setHover] = useState<Hover | undefined>();
  const shownTheme = theme();
  // While this stays the same, new values go into the existing chart, so that the tooltip stays.
  const look = JSON.stringify(series.map(({ name, color, isBroad }) => [name, color, isBroad]));
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    setHover(undefined);
    const colorOf = (name: string): string => getComputedStyle(element).getPropertyValue(name).trim();
    const isStacked = kind === 'stacked-bars';
    const drawn = isStacked ? series.toReversed() : series;
    const grid = { stroke: colorOf('--line'), width: 1 };
    const axis = { stroke: colorOf('--text-muted'), ticks: { show: false }, font: axisFont };
    const options: uPlot.Options = {
      width: element.clientWidth,
      height,
      legend: { show: false },
      padding: [8, 14, 0, 0],
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: onSelect !== undefined, y: false, setScale: false },
        dataIdx: (_plot, _series, _index, value) => indexAt(latest.current.times, value * 1000) ?? 0,
      },
      scales: {
        x: { time: true, range: () => [latest.current.from / 1000, latest.current.to / 1000] },
        y: { range: (_plot, _min, max) => [0, Math.max(1, max * 1.05)] },
      },
      axes: [
        { ...axis, grid: { show: false }, size: 24, values: (_plot, splits) => tickLabels(splits) },
        {
          ...axis,
          grid,
          size: 48,
          space: 26,
          values: (_plot, splits) =>
            splits.map((value) => (Number.isInteger(value) || !isStacked ? formatValue(value) : '')),
        },
      ],
      series: [
        {},
        ...drawn.map(({ name, color, isBroad = false }) => ({
          label: name,
          stroke: colorOf(color),
          width: isStacked ? 0 : isBroad ? 4 : 1.5,
          points: isStacked ? { show: false } : { size: 5, show: true, filter: lonePoints },
          ...(isStacked && { fill: colorOf(color), paths: barPaths }),
        })),
      ],
      hooks: {
        setCursor: [
          (plot) => {
            const { left = -1, idx } = plot.cursor;
            setHover(left < 0 || idx === null || idx === undefined ? undefined : { index: idx, left });
          },
        ],
        setSelect: [
          (plot) => {
            const { left, width } = plot.select;
            if (width < 4) return;
            plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            latest.current.onSelect?.(
              plot.posToVal(left, 'x') * 1000,
              plot.posToVal(left + width, 'x') * 1000,
            );
          },
        ],
      },
    };
    const plot = new uPlot(options, dataOf(latest.current), element);
    plotted.current = plot;
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    const endTouch = dragByTouch(plot.over);
    return () => {
      endTouch();
      observer.disconnect();
      plot.destroy();
      plotted.current = undefined;
    };
  }, [look, kind, height, shownTheme, onSelect === undefined]);
  useEffect(() => plotted.current?.setData(dataOf(latest.current)), [times, series, from, to]);
  return (
    <div class="time-chart" style={{ height: `${height}px` }}>
      <div ref={place} role="img" aria-label={label} />
      {hover !== undefined && (
        <Tooltip
          time={times[hover.index]}
          index={hover.index}
          left={hover.left}
          series={series}
          formatValue={formatValue}
        />
      )}
    </div>
  );
}

/** Returns the data in the format of uPlot. Stacked series are in reverse order, so that the smaller sums are drawn over the larger ones. */
function dataOf({ times, series, kind }: TimeChartProps): uPlot.AlignedData {
  const drawn = kind === 'stacked-bars' ? stackSeries(series) : series;
  return [times.map((time) => time / 1000), ...drawn.map(({ values }) => [...values])];
}

/** A line needs two points, so a value without neighbors is drawn as a dot. */
const lonePoints: uPlot.Series.Points.Filter = (plot, index) =>
  indexesWithoutNeighbors([...(plot.data[index] ?? [])]);

interface TooltipProps {
  readonly time: number | undefined;
  readonly index: number;
  readonly left: number;
  readonly series: readonly ChartSeries[];
  readonly formatValue: (value: number) => string;
}

function Tooltip({ time, index, left, series, formatValue }: TooltipProps) {
  if (time === undefined) return null;
  const shown = series.filter(({ values }) => (values[index] ?? 0) !== 0);
  return (
    <div class="chart-tooltip" style={{ left: `${left + axisWidth}px` }} aria-hidden="true">
      <strong>{formatMinute(time)}</strong>
      {shown.length === 0 && <span>nothing</span>}
      {shown.map(({ name, color, values }, order) => (
        <span key={order}>
          <i style={{ background: `var(${color})` }} />
          <bdi>
            <Value text={name} />
          </bdi>
          <b>{formatValue(values[index] ?? 0)}</b>
        </span>
      ))}
    </div>
  );
}

const axisWidth = 48;
const axisFont = '11px ui-sans-serif, system-ui, sans-serif';
const barPaths = uPlot.paths.bars?.({ size: [0.86, 48], align: 1 }) ?? (() => null);
