import { faultTable, formatSeconds, type Report, markdownTable, sumOfCounts } from './report.ts';

/** Returns a summary of several runs as Markdown: a table of the runs, and a table of the faults in all runs. */
export function summaryOf(reports: readonly Report[]): string {
  const faults: Record<string, number> = {};
  const recoveryMs: Record<string, number> = {};
  for (const report of reports) {
    for (const [kind, times] of Object.entries(report.faults)) {
      faults[kind] = (faults[kind] ?? 0) + times;
      recoveryMs[kind] = Math.max(recoveryMs[kind] ?? 0, report.recoveryMs[kind] ?? 0);
    }
  }
  const rows = reports.map((report) => [
    report.seed,
    sumOfCounts(report.faults),
    report.accepted,
    report.books.records,
    report.stored,
    report.books.redelivered + report.books.duplicate,
    report.books.conflict + report.books.dead_lettered,
    report.violations.length,
    formatSeconds(report.worstRecoveryMs),
    `${Math.max(0, ...Object.values(report.memoryMiB))} MiB`,
  ]);
  const head = ['seed', 'faults', 'answered 202', 'records', 'stored', 'repeated', 'dead letters'];
  return `${markdownTable([...head, 'violations', 'worst recovery', 'peak memory'], rows)}

${faultTable(`times (all: ${sumOfCounts(faults)})`, { faults, recoveryMs })}
`;
}
