import { recordOutcomes } from '@user-activity/domain';
import type { RecordCounts } from './check/balance.ts';
import type { EvidenceByProject, LoggedRecord } from './check/evidence.ts';
import type { Verdict } from './check/judge.ts';
import type { Violation } from './check/violation.ts';
import type { StruckFault } from './faults/strike-lane.ts';
import type { Load } from './load/load.ts';
import type { MemoryWatch } from './site/memory-watch.ts';
import type { Site } from './site/site.ts';
import type { SelfEnd } from './site/unit.ts';

/** The result of a run. */
export interface Report {
  readonly seed: number;
  readonly seconds: number;
  /** The number of faults that struck, by kind. */
  readonly faults: Readonly<Record<string, number>>;
  /** The number of faults that the harness could not cause or end as planned. */
  readonly failedFaults: number;
  readonly requests: number;
  /** The number of requests for each kind of response: its status, and the reason in its body. The key `none` counts requests without a response. */
  readonly answers: Readonly<Record<string, number>>;
  /** The number of distinct activities that were answered 202. */
  readonly accepted: number;
  /** The number of poison messages that were written to the topic. */
  readonly poisoned: number;
  /** The number of records on the topic that are replayed dead letters. */
  readonly replayed: number;
  readonly stored: number;
  /** The number of users who were erased or anonymised. */
  readonly erasedUsers: number;
  /** The number of committed records that the consumer group had to read again, because a restore of the store removed them. */
  readonly unsettledByRestores: number;
  /** The number of records in total, and by outcome. */
  readonly books: RecordCounts;
  readonly violations: readonly Violation[];
  /** The longest time in ms from the end of a fault until the service had recovered, by kind of fault. */
  readonly recoveryMs: Readonly<Record<string, number>>;
  readonly worstRecoveryMs: number;
  /** The peak memory in MiB, by process. */
  readonly memoryMiB: Readonly<Record<string, number>>;
  /** The processes that ended by themselves and were started again. */
  readonly selfEnds: readonly SelfEnd[];
}

/** Builds the report from the data of a run. */
export function reportOf(run: {
  readonly seed: number;
  readonly seconds: number;
  readonly struckFaults: readonly StruckFault[];
  readonly failed: number;
  readonly load: Load;
  readonly site: Site;
  readonly memory: MemoryWatch;
  readonly evidence: EvidenceByProject;
  readonly verdict: Verdict;
  readonly violations: readonly Violation[];
}): Report {
  const { load, struckFaults } = run;
  const faults: Record<string, number> = {};
  const recoveryMs: Record<string, number> = {};
  for (const { kind, endedAt } of struckFaults) {
    faults[kind] = (faults[kind] ?? 0) + 1;
    const ms = Math.round(load.canary.recovery(endedAt) ?? performance.now() - endedAt);
    recoveryMs[kind] = Math.max(recoveryMs[kind] ?? 0, ms);
  }
  const parts = [...run.evidence.values()];
  return {
    seed: run.seed,
    seconds: run.seconds,
    faults,
    failedFaults: run.failed,
    requests: load.ledger.exchanges.length,
    answers: load.ledger.responses,
    accepted: load.ledger.accepted,
    poisoned: load.poisoned,
    replayed: parts.flatMap(({ records }) => records).filter(isReplay).length,
    stored: parts.flatMap(({ stored }) => stored).length,
    erasedUsers: load.eraser.users.length,
    unsettledByRestores: run.site.unsettledByRestores,
    books: run.verdict.counts,
    violations: [...run.violations, ...run.verdict.violations],
    recoveryMs,
    worstRecoveryMs: Math.max(0, ...Object.values(recoveryMs)),
    memoryMiB: Object.fromEntries(run.memory.peaks),
    selfEnds: run.site.selfEnds,
  };
}

const isReplay = ({ partition, offset, origin }: LoggedRecord): boolean =>
  origin !== `${partition}:${offset}`;

/** Returns the sum of all counts. */
export const sumOfCounts = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

/** Returns a Markdown table. */
export const markdownTable = (
  header: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string => [header, header.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

/** Returns a Markdown table of the faults by kind. `times` is the header of the column that says how often each kind struck. */
export const faultTable = (
  times: string,
  { faults, recoveryMs }: Pick<Report, 'faults' | 'recoveryMs'>,
): string =>
  markdownTable(
    ['fault', times, 'worst recovery'],
    Object.keys(faults)
      .toSorted()
      .map((kind) => [kind, faults[kind] ?? 0, formatSeconds(recoveryMs[kind] ?? 0)]),
  );

/** Formats a time in milliseconds as text in seconds, such as `1.5 s`. */
export const formatSeconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

const maxListed = 50;

/** Returns the report as Markdown. */
export function markdownOf(report: Report): string {
  const { books, violations } = report;
  return `# Chaos, seed ${report.seed}, ${report.seconds} s

**${violations.length === 0 ? 'The service kept every promise.' : `${violations.length} violations.`}**

${markdownTable(
  ['what', 'count'],
  [
    ['faults', sumOfCounts(report.faults)],
    ['faults that the harness could not cause or end', report.failedFaults],
    ['requests', report.requests],
    ...Object.entries(report.answers).map(([status, count]) => [`answered ${status}`, count]),
    ['activities answered 202', report.accepted],
    ['poison messages', report.poisoned],
    ['replayed dead letters', report.replayed],
    ['activities stored', report.stored],
    ['users erased or anonymised', report.erasedUsers],
    ['committed records that restores removed from the store', report.unsettledByRestores],
    ['worst recovery', formatSeconds(report.worstRecoveryMs)],
    ['processes that ended by themselves', report.selfEnds.length],
  ],
)}

The books: ${books.records} records = ${recordOutcomes.map((outcome) => `${books[outcome]} ${outcome}`).join(' + ')} +
${books.unaccounted} unaccounted for.

${faultTable('times', report)}

${markdownTable(
  ['process', 'peak memory'],
  Object.entries(report.memoryMiB).map(([name, mib]) => [name, `${mib} MiB`]),
)}
${
  violations.length === 0
    ? ''
    : `\n${markdownTable(
        ['violation', 'subject', 'detail'],
        violations.slice(0, maxListed).map(({ kind, subject, detail }) => [kind, subject, detail]),
      )}\n`
}`;
}
