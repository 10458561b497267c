// npm run hostile -- [--engines] [--heap] [--only NAME]... [--seconds N] [--list]
import { constants } from 'node:os';
import { parseArgs } from 'node:util';
import { attacks } from './attacks/attacks.ts';
import { bounds } from './judge.ts';
import { tableHeader, formatOutcome } from './report.ts';
import { type Outcome, run } from './run.ts';
import { startEngines } from './service/engines.ts';

function exitWithMessage(message: string): never {
  console.error(message);
  return process.exit(2);
}

function parseOptions() {
  try {
    const flag = { type: 'boolean', default: false } as const;
    return parseArgs({
      options: {
        engines: flag,
        heap: flag,
        list: flag,
        only: { type: 'string', multiple: true },
        seconds: { type: 'string', default: '110' },
      },
    }).values;
  } catch (error) {
    return exitWithMessage(error instanceof Error ? error.message : String(error));
  }
}

const { engines: usesEngines, heap, list, only, seconds } = parseOptions();
if (!/^[1-9]\d{0,4}$/.test(seconds)) exitWithMessage('--seconds must be a whole number from 1 to 99999.');
const excludedEngine = usesEngines ? 'embedded' : 'kafka';
const chosenAttacks = attacks
  .filter((attack) => attack.onlyOn !== excludedEngine)
  .filter(
    ({ name }) =>
      only === undefined || only.some((prefix) => name === prefix || name.startsWith(`${prefix}-`)),
  );
if (chosenAttacks.length === 0) exitWithMessage('--only matches no attack. --list shows all names.');
if (list) {
  for (const { name, about } of chosenAttacks) console.log(`${name.padEnd(30)} ${about}`);
  process.exit(0);
}

// `process.exit` runs the exit handlers, which remove the temporary folders. The servers end by themselves when this process has ended.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => process.exit(128 + constants.signals[signal]));

const engines = usesEngines ? await startEngines() : undefined;
const onOutcome = (outcome: Outcome): void => console.log(formatOutcome(outcome));
try {
  console.log(tableHeader);
  const options = { bounds, hasSmallHeap: heap, onOutcome, ...(engines === undefined ? {} : { engines }) };
  // Kafka and MongoDB are running now: their start does not count towards the time limit.
  const endsAt = performance.now() + Number(seconds) * 1000;
  const runs = [true, false].map((isParallelGroup) => {
    const group = chosenAttacks.filter(({ isParallel = false }) => isParallel === isParallelGroup);
    return run({ ...options, attacks: group, endsAt });
  });
  const outcomes = (await Promise.all(runs)).flat();
  const failed = outcomes.filter(({ violations }) => violations.length > 0);
  console.log(`The service held against ${outcomes.length - failed.length} of ${outcomes.length} attacks.`);
  if (failed.length > 0) process.exitCode = 1;
} catch (error) {
  // This is an error of the runner, not a violation, so the run has no result.
  console.error(error);
  // Exits at once, because the parallel attacks may take another minute.
  process.exit(3);
}
await engines?.stop();
