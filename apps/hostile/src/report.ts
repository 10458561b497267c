import { amplificationOf, bounds, gapOf, withLargestAmplification } from './judge.ts';
import type { Outcome } from './run.ts';

const columnWidths = [30, 5, 8, 8, 10, 10, 7];
const formatRow = (cells: readonly (string | number)[]): string =>
  cells.map((cell, index) => String(cell).padEnd(columnWidths[index] ?? 0)).join(' ');

/** The header of the table. */
export const headline: string = formatRow([
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
export function linesOf({ attack, attempts, violations, seconds }: Outcome): string {
  const responses = attempts.flatMap((attempt) => attempt.responses);
  const amplified = withLargestAmplification(responses, bounds);
  const line = formatRow([
    attack.name,
    attempts.length,
    seconds.toFixed(1),
    gapOf(attempts),
    Math.max(0, ...attempts.map(({ growthMiB }) => growthMiB)),
    amplified === undefined ? 0 : amplificationOf(amplified, bounds).toFixed(1),
    Math.max(0, ...responses.map(({ status }) => status)),
    violations.length === 0 ? 'held' : 'FAILED',
  ]);
  return [line, ...violations.map(({ kind, detail }) => `  ${kind}: ${detail}`)].join('\n');
}
