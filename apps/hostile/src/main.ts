// npm run hostile -- [--engines] [--heap] [--only NAME]... [--seconds N] [--list]
import { constants } from 'node:os';
import { parseArgs } from 'node:util';
import { attacks } from './attacks/attacks.ts';
import { bounds } from './judge.ts';
import { headline, linesOf } from './report.ts';
import { type Outcome, run } from './run.ts';
import { startEngines } from './service/engines.ts';

function usage(message: string): never {
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
    return usage(error instanceof Error ? error.message : String(error));
  }
}

const { engines: onEngines, heap, list, only, seconds } = parseOptions();
if (!/^[1-9]\d{0,4}$/.test(seconds)) usage('--seconds must be a whole number from 1 to 99999.');
const otherEngine = onEngines ? 'embedded' : 'kafka';
const chosen = attacks
  .filter((attack) => attack.only !== otherEngine)
  .filter(
    ({ name }) => only === undefined || only.some((part) => name === part || name.startsWith(`${part}-`)),
  );
if (chosen.length === 0) usage('--only matches no attack. --list shows all names.');
if (list) {
  for (const { name, about } of chosen) console.log(`${name.padEnd(30)} ${about}`);
  process.exit(0);
}

// Ends the process by `process.exit`, which removes the temporary folders. Guards end the servers.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => process.exit(128 + constants.signals[signal]));

const engines = onEngines ? await startEngines() : undefined;
const onOutcome = (outcome: Outcome): void => console.log(linesOf(outcome));
try {
  console.log(headline);
  const options = { bounds, smallHeap: heap, onOutcome, ...(engines === undefined ? {} : { engines }) };
  // The start of Kafka and MongoDB is not counted.
  const endsAt = performance.now() + Number(seconds) * 1000;
  const running = [true, false].map((isParallelGroup) => {
    const group = chosen.filter(({ isParallel = false }) => isParallel === isParallelGroup);
    return run({ ...options, attacks: group, endsAt });
  });
  const outcomes = (await Promise.all(running)).flat();
  const failed = outcomes.filter(({ violations }) => violations.length > 0);
  console.log(`${outcomes.length - failed.length} of ${outcomes.length} attacks held.`);
  if (failed.length > 0) process.exitCode = 1;
} catch (error) {
  // The harness failed, so the run says nothing about the service.
  console.error(error);
  // Exits at once: the parallel attacks may take another minute. Guards end the servers.
  process.exit(3);
}
await engines?.stop();
