import { BarChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { Metric } from '../measure/measure-alternately.ts';
import { spreadOfMetric, type Report } from './report.ts';

use([BarChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

interface Panel {
  readonly metric: Metric;
  readonly title: string;
}

const panels: readonly Panel[] = [
  { metric: 'perSecond', title: 'Events or pages per second' },
  { metric: 'p99Ms', title: '99th percentile of the latency in ms' },
];
const width = 1100;
const panelHeight = 340;
const titleHeight = 70;

/** Returns an SVG with bar charts of the throughput and the latency of all works, on logarithmic scales. A side has the same colour in all works. */
export function plotOf({ works }: Report): string {
  const sides = [...new Set(works.flatMap((work) => work.sides.map(({ name }) => name)))];
  const chart = init(null, null, {
    renderer: 'svg',
    ssr: true,
    width,
    height: panels.length * panelHeight + titleHeight,
  });
  const worksIn = panels.map(({ metric }) =>
    works.filter((work) => work.sides.some(({ name }) => spreadOfMetric(work, name, metric) !== undefined)),
  );
  const top = (index: number): number => titleHeight + index * panelHeight;
  chart.setOption({
    animation: false,
    textStyle: { fontFamily: 'Arial, Helvetica, sans-serif' },
    legend: { top: 8, itemGap: 24, data: sides },
    title: panels.map(({ title }, index) => ({
      text: title,
      top: top(index),
      textStyle: { fontSize: 14 },
    })),
    grid: panels.map((_, index) => ({
      top: top(index) + 40,
      height: panelHeight - 90,
      left: 70,
      right: 20,
    })),
    xAxis: panels.map((_, gridIndex) => ({
      type: 'category',
      gridIndex,
      data: worksIn[gridIndex]?.map(({ name }) => name) ?? [],
    })),
    yAxis: panels.map((_, gridIndex) => ({ type: 'log', gridIndex })),
    series: panels.flatMap(({ metric }, index) =>
      sides.map((side) => ({
        type: 'bar',
        name: side,
        xAxisIndex: index,
        yAxisIndex: index,
        data: worksIn[index]?.map((work) => spreadOfMetric(work, side, metric)?.median ?? null) ?? [],
      })),
    ),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}
