import type { Metric } from '../measure/measure-alternately.ts';
import type { Spread } from '../measure/statistics.ts';
import { type GoalState, goals, goalStateOf } from './goals.ts';
import { spreadOfMetric, spreadOfRatios, type Report, type WorkResult } from './report.ts';

interface Column {
  readonly metric: Metric;
  readonly title: string;
}

const columns: readonly Column[] = [
  { metric: 'perSecond', title: 'per second' },
  { metric: 'cpuUs', title: 'CPU µs per item' },
  { metric: 'p50Ms', title: 'p50 ms' },
  { metric: 'p99Ms', title: 'p99 ms' },
  { metric: 'bytesPerEvent', title: 'bytes per item' },
  { metric: 'residentMiB', title: 'MiB' },
  { metric: 'growth', title: 'growth' },
];

/** Formats a number: 100 and more as a whole number, 10 and more with three significant digits, and less with two. */
export const formatNumber = (number: number): string =>
  number >= 100
    ? Math.round(number).toLocaleString('en-US')
    : String(Number(number.toPrecision(number >= 10 ? 3 : 2)));

const formatSpread = ({ median, lower, upper }: Spread): string =>
  `${formatNumber(median)} (${formatNumber(lower)}-${formatNumber(upper)})`;

function markdownTable(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows;
  const lines = [head, head.map(() => '---'), ...body];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function workSection(work: WorkResult): string {
  if (work.failure !== undefined) return `### ${work.name}: ${work.about}\n\nFailed: ${work.failure}`;
  const measured = columns.filter(({ metric }) =>
    work.sides.some(({ name }) => spreadOfMetric(work, name, metric) !== undefined),
  );
  const [base] = work.sides;
  const isPaired =
    base !== undefined && work.sides.length > 1 && spreadOfMetric(work, base.name, 'perSecond');
  const head = [
    'side',
    ...measured.map(({ title }) => title),
    ...(isPaired ? [`${base.name} ÷ side`] : []),
    'description',
  ];
  const rows = work.sides.map(({ name, about, missing }) => {
    const cells = measured.map(({ metric }) => {
      const spread = spreadOfMetric(work, name, metric);
      return spread === undefined ? '' : formatSpread(spread);
    });
    const ratio = isPaired ? spreadOfRatios(work, [base.name, name], 'perSecond') : undefined;
    const paired = isPaired ? [ratio === undefined ? '' : formatSpread(ratio)] : [];
    return [name, ...cells, ...paired, missing ?? about];
  });
  return `### ${work.name}: ${work.about}\n\n${markdownTable([head, ...rows])}`;
}

const stateText: Record<GoalState['state'], string> = {
  reached: 'reached',
  missed: '**missed**',
  unmeasured: 'not measured',
};

function goalRow(state: GoalState): readonly string[] {
  const { goal, measured } = state;
  return [
    goal.work,
    goal.about,
    measured === undefined ? '' : formatSpread(measured),
    stateText[state.state],
  ];
}

/** Returns a report as Markdown: a table for each work, and a table of the goals. */
export function markdownOf(report: Report): string {
  const { date, machine, scale, works } = report;
  const machineLine = `${machine.processors} processors (${machine.processor}), ${machine.memoryGiB} GiB, ${machine.system}, Node.js ${machine.node}`;
  const chosen = goals.filter((goal) => works.some(({ name }) => name === goal.work));
  const goalRows = chosen.map((goal) => goalRow(goalStateOf(goal, works)));
  return [
    '# Bench',
    `${date}, ${machineLine}. ${JSON.stringify(scale)}. Each figure is the median of the rounds, with the quartiles in parentheses. Ratios are calculated round by round.`,
    ...works.map(workSection),
    '## Goals',
    markdownTable([['work', 'goal', 'measured', 'result'], ...goalRows]),
  ].join('\n\n');
}
