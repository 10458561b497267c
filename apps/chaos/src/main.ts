// npm run chaos -- [--seed N] [--seconds N] [--runs N] [--breakage NAME]
// npm run chaos -- --embedded KILLS
import { mkdirSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { breakages } from './breakage/breakages.ts';
import { runEmbedded } from './embedded/run-embedded.ts';
import { markdownOf, type Report } from './report.ts';
import { run } from './run.ts';
import { summaryOf } from './summary.ts';

function exitWithMessage(message: string): never {
  console.error(message);
  return process.exit(2);
}

function parseOptions() {
  try {
    const text = { type: 'string' } as const;
    const options = {
      seed: text,
      seconds: { ...text, default: '300' },
      runs: { ...text, default: '1' },
      breakage: text,
      embedded: text,
    };
    return parseArgs({ options }).values;
  } catch (error) {
    return exitWithMessage(error instanceof Error ? error.message : String(error));
  }
}

function parseWholeNumber(name: string, text: string, min: number, max: number): number {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  return exitWithMessage(`--${name} must be a whole number from ${min} to ${max}.`);
}

const values = parseOptions();
const runs = parseWholeNumber('runs', values.runs, 1, 1000);
// A run shorter than 10 s has hardly any time for a fault.
const seconds = parseWholeNumber('seconds', values.seconds, 10, 86_400);
const anySeed = String(Math.trunc(Math.random() * 1e9));
const firstSeed = parseWholeNumber('seed', values.seed ?? anySeed, 0, 2 ** 31 - 1 - runs);
if (values.breakage !== undefined && !Object.hasOwn(breakages, values.breakage))
  exitWithMessage(`--breakage must be one of ${Object.keys(breakages).join(', ')}.`);

const folder = join(import.meta.dirname, '..', '..', '..', '.cache', 'chaos');
// `process.exit` runs the exit handlers, which remove the temporary folders. The servers end by themselves when this process has ended.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => process.exit(128 + constants.signals[signal]));

if (values.embedded !== undefined) {
  const good = await runEmbedded(parseWholeNumber('embedded', values.embedded, 1, 100_000));
  process.exit(good ? 0 : 1);
}

const reports: Report[] = [];
for (let seed = firstSeed; seed < firstSeed + runs; seed += 1) {
  try {
    await runWithSeed(seed);
  } catch (error) {
    // This is an error of the harness, not a violation, so the run has no result.
    console.error(`the run with seed ${seed} failed:`, error);
    process.exitCode = 3;
  }
}
if (runs > 1) console.log(`\n${summaryOf(reports)}`);

async function runWithSeed(seed: number): Promise<void> {
  const { report, evidence, outputs } = await run({
    seed,
    seconds,
    breakage: values.breakage,
    onLine: (line) => console.log(line),
  });
  reports.push(report);
  const markdown = markdownOf(report);
  const target = join(folder, [seed, values.breakage].filter(Boolean).join('-'));
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, 'report.md'), markdown);
  writeFileSync(join(target, 'report.json'), `${JSON.stringify(report, undefined, 2)}\n`);
  for (const [name, output] of outputs) writeFileSync(join(target, `${name}.log`), output);
  console.log(`\n${markdown}`);
  if (report.violations.length === 0) return;
  writeFileSync(join(target, 'evidence.json'), JSON.stringify(Object.fromEntries(evidence)));
  process.exitCode ??= 1;
}
