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

function given() {
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

const { engines: onEngines, heap, list, only, seconds } = given();
if (!/^[1-9]\d{0,4}$/.test(seconds)) usage('--seconds must be a whole number.');
const others = onEngines ? 'embedded' : 'kafka';
const chosen = attacks
  .filter((attack) => attack.only !== others)
  .filter(
    ({ name }) => only === undefined || only.some((part) => name === part || name.startsWith(`${part}-`)),
  );
if (chosen.length === 0) usage('No attack has such a name. --list shows all.');
if (list) {
  for (const { name, about } of chosen) console.log(`${name.padEnd(30)} ${about}`);
  process.exit(0);
}

// Ends servers and folders too: the ones have a guard, the others go with the exit.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => process.exit(128 + constants.signals[signal]));

const engines = onEngines ? await startEngines() : undefined;
const tell = (outcome: Outcome): void => console.log(linesOf(outcome));
try {
  console.log(headline);
  const options = { bounds, smallHeap: heap, tell, ...(engines === undefined ? {} : { engines }) };
  const endsAt = Number(seconds) * 1000;
  const [waiting, working] = [true, false].map((isBeside) =>
    chosen.filter(({ beside = false }) => beside === isBeside),
  );
  const running = [waiting, working].map((attacksOfOne = []) =>
    run({ ...options, attacks: attacksOfOne, endsAt }),
  );
  const outcomes = (await Promise.all(running)).flat();
  const failed = outcomes.filter(({ violations }) => violations.length > 0);
  console.log(`${outcomes.length - failed.length} of ${outcomes.length} attacks held.`);
  if (failed.length > 0) process.exitCode = 1;
} catch (error) {
  // The harness itself failed: that says nothing about the service.
  console.error(error);
  // At once, as attacks that run beside may take a minute more. Servers have a guard.
  process.exit(3);
}
await engines?.stop();
