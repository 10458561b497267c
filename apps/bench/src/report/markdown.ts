import type { Metric } from '../measure/alternate.ts';
import type { Spread } from '../measure/statistics.ts';
import { type GoalState, goals, stateOf } from './goals.ts';
import { metricOf, ratioOf, type Report, type WorkResult } from './report.ts';

interface Column {
  readonly metric: Metric;
  readonly title: string;
}

const columns: readonly Column[] = [
  { metric: 'perSecond', title: 'per second' },
  { metric: 'cpuUs', title: 'CPU µs each' },
  { metric: 'p50Ms', title: 'p50 ms' },
  { metric: 'p99Ms', title: 'p99 ms' },
  { metric: 'bytesPerEvent', title: 'bytes each' },
  { metric: 'residentMiB', title: 'MiB' },
  { metric: 'growth', title: 'growth' },
];

/** Writes a number with three significant digits, or as a whole number. */
export const written = (number: number): string =>
  number >= 100
    ? Math.round(number).toLocaleString('en-US')
    : String(Number(number.toPrecision(number >= 10 ? 3 : 2)));

const withSpread = ({ median, lower, upper }: Spread): string =>
  `${written(median)} (${written(lower)}-${written(upper)})`;

function table(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows;
  const lines = [head, head.map(() => '---'), ...body];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function workSection(work: WorkResult): string {
  if (work.failure !== undefined) return `### ${work.name}: ${work.about}\n\nFailed: ${work.failure}`;
  const measured = columns.filter(({ metric }) =>
    work.sides.some(({ name }) => metricOf(work, name, metric) !== undefined),
  );
  const [base] = work.sides;
  const isPaired = base !== undefined && work.sides.length > 1 && metricOf(work, base.name, 'perSecond');
  const head = [
    'side',
    ...measured.map(({ title }) => title),
    ...(isPaired ? [`${base.name} ÷ side`] : []),
    'is',
  ];
  const rows = work.sides.map(({ name, about, missing }) => {
    const cells = measured.map(({ metric }) => {
      const spread = metricOf(work, name, metric);
      return spread === undefined ? '' : withSpread(spread);
    });
    const ratio = isPaired ? ratioOf(work, [base.name, name], 'perSecond') : undefined;
    const paired = isPaired ? [ratio === undefined ? '' : withSpread(ratio)] : [];
    return [name, ...cells, ...paired, missing ?? about];
  });
  return `### ${work.name}: ${work.about}\n\n${table([head, ...rows])}`;
}

const stateText: Record<GoalState['state'], string> = {
  reached: 'reached',
  missed: '**missed**',
  unmeasured: 'not measured',
};

function goalRow(state: GoalState): readonly string[] {
  const { goal, measured } = state;
  return [goal.work, goal.about, measured === undefined ? '' : withSpread(measured), stateText[state.state]];
}

/** Writes a report as Markdown. */
export function markdownOf(report: Report): string {
  const { date, machine, scale, works } = report;
  const machineLine = `${machine.processors} processors (${machine.processor}), ${machine.memoryGiB} GiB, ${machine.system}, Node.js ${machine.node}`;
  const chosen = goals.filter((goal) => works.some(({ name }) => name === goal.work));
  const goalRows = chosen.map((goal) => goalRow(stateOf(goal, works)));
  return [
    '# Bench',
    `${date}, ${machineLine}. ${JSON.stringify(scale)}. Medians of the rounds, with their quartiles in parentheses; ratios are paired by round.`,
    ...works.map(workSection),
    '## Goals',
    table([['work', 'goal', 'measured', 'result'], ...goalRows]),
  ].join('\n\n');
}
