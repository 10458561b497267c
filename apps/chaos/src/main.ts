// npm run chaos -- [--seed N] [--seconds N] [--runs N] [--breakage NAME]
import { mkdirSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { breakages } from './breakage/breakages.ts';
import { markdownOf, type Report } from './report.ts';
import { run } from './run.ts';
import { summaryOf } from './summary.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seconds: { type: 'string', default: '300' },
    runs: { type: 'string', default: '1' },
    breakage: { type: 'string' },
  },
});

function usage(message: string): never {
  console.error(message);
  return process.exit(2);
}

function wholeNumber(name: string, text: string, most: number): number {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  return number <= most ? number : usage(`--${name} must be a whole number up to ${most}.`);
}

const runs = wholeNumber('runs', values.runs, 1000);
const seconds = wholeNumber('seconds', values.seconds, 86_400);
const first = wholeNumber('seed', values.seed ?? String(Math.trunc(Math.random() * 1e9)), 2 ** 31 - 1);
if (values.breakage !== undefined && !Object.hasOwn(breakages, values.breakage))
  usage(`--breakage must be one of ${Object.keys(breakages).join(', ')}.`);

const folder = join(import.meta.dirname, '..', '..', '..', '.cache', 'chaos');
// Ends servers and folders too: the ones have a guard, the others go with the exit.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => process.exit(128 + constants.signals[signal]));

const reports: Report[] = [];
for (let seed = first; seed < first + runs; seed += 1) {
  const breakage = values.breakage === undefined ? {} : { breakage: values.breakage };
  const { report, evidence, outputs } = await run({
    seed,
    seconds,
    ...breakage,
    tell: (line) => console.log(line),
  });
  reports.push(report);
  const markdown = markdownOf(report);
  const target = join(folder, [seed, values.breakage].filter(Boolean).join('-'));
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, 'report.md'), markdown);
  writeFileSync(join(target, 'report.json'), `${JSON.stringify(report, undefined, 2)}\n`);
  for (const [name, output] of outputs) writeFileSync(join(target, `${name}.log`), output);
  console.log(`\n${markdown}`);
  if (report.violations.length > 0) {
    const { exchanges, records, stored, written, letters } = evidence;
    const kept = { exchanges, records, stored, written, letters };
    writeFileSync(join(target, 'evidence.json'), JSON.stringify(kept));
    process.exitCode = 1;
  }
}
if (runs > 1) console.log(`\n${summaryOf(reports)}`);
