// npm run hostile -- [--engines] [--heap] [--only NAME]... [--seconds N] [--list]
import { constants } from 'node:os';
import { parseArgs } from 'node:util';
import { attacks } from './attacks/attacks.ts';
import { bounds } from './judge.ts';
import { headline, linesOf } from './report.ts';
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

// Ends the process by `process.exit`, which removes the temporary folders. Guards end the servers.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => process.exit(128 + constants.signals[signal]));

const engines = usesEngines ? await startEngines() : undefined;
const onOutcome = (outcome: Outcome): void => console.log(linesOf(outcome));
try {
  console.log(headline);
  const options = { bounds, hasSmallHeap: heap, onOutcome, ...(engines === undefined ? {} : { engines }) };
  // The time limit begins after the start of Kafka and MongoDB.
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
  // The test program failed, so this run has no result about the service.
  console.error(error);
  // Exits at once: the parallel attacks may take another minute. Guards end the servers.
  process.exit(3);
}
await engines?.stop();
