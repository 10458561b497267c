import { amplificationOf, bounds, gapToJudge, responseWithMaxAmplification } from './judge.ts';
import type { Outcome } from './run.ts';

const columnWidths = [30, 5, 8, 8, 10, 10, 7];
const formatRow = (cells: readonly (string | number)[]): string =>
  cells.map((cell, index) => String(cell).padEnd(columnWidths[index] ?? 0)).join(' ');

/** The header row of the table of outcomes. */
export const tableHeader: string = formatRow([
  'attack',
  'tries',
  'seconds',
  'gap ms',
  'growth MiB',
  'response x',
  'status',
  'verdict',
]);

/** Returns the table row of an attack, followed by a line for each violation. */
export function formatOutcome({ attack, attempts, violations, seconds }: Outcome): string {
  const responses = attempts.flatMap((attempt) => attempt.responses);
  const amplified = responseWithMaxAmplification(responses, bounds);
  const line = formatRow([
    attack.name,
    attempts.length,
    seconds.toFixed(1),
    gapToJudge(attempts),
    Math.max(0, ...attempts.map(({ growthMiB }) => growthMiB)),
    amplified === undefined ? 0 : amplificationOf(amplified, bounds).toFixed(1),
    Math.max(0, ...responses.map(({ status }) => status)),
    violations.length === 0 ? 'held' : 'FAILED',
  ]);
  return [line, ...violations.map(({ kind, detail }) => `  ${kind}: ${detail}`)].join('\n');
}
