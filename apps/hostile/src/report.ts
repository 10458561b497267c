import { amplificationOf, bounds, gapOf, mostAmplifiedOf } from './judge.ts';
import type { Outcome } from './run.ts';

const widths = [30, 5, 8, 8, 10, 10, 7];
const row = (cells: readonly (string | number)[]): string =>
  cells.map((cell, index) => String(cell).padEnd(widths[index] ?? 0)).join(' ');

/** The header of the table. */
export const headline: string = row([
  'attack',
  'tries',
  'seconds',
  'gap ms',
  'growth MiB',
  'response x',
  'status',
  'verdict',
]);

/** Returns the row of an attack, and a line for each violation. */
export function linesOf({ attack, attempts, violations, seconds }: Outcome): string {
  const responses = attempts.flatMap((attempt) => attempt.responses);
  const mostAmplified = mostAmplifiedOf(responses, bounds);
  const line = row([
    attack.name,
    attempts.length,
    seconds.toFixed(1),
    gapOf(attempts),
    Math.max(0, ...attempts.map(({ growthMiB }) => growthMiB)),
    mostAmplified === undefined ? 0 : amplificationOf(mostAmplified, bounds).toFixed(1),
    Math.max(0, ...responses.map(({ status }) => status)),
    violations.length === 0 ? 'held' : 'FAILED',
  ]);
  return [line, ...violations.map(({ kind, detail }) => `  ${kind}: ${detail}`)].join('\n');
}
