// npm run bench:neighbour -- [--engines] [--only NAME]... [--rounds N] [--seconds N]
import { constants } from 'node:os';
import { parseArgs } from 'node:util';
import { startEngines } from '../service/engines.ts';
import { ServiceHost } from '../service/service-host.ts';
import { measureNoiseEffect, type NoiseEffect } from './measure-noise-effect.ts';
import { noises } from './noises.ts';

/** The maximum of `NoiseEffect.ratio`. The run fails if a noise exceeds it. */
const maxRatio = 1.5;
const rootKey = 'root-key-of-the-bench';

function exitWithMessage(message: string): never {
  console.error(message);
  return process.exit(2);
}

function parseOptions() {
  try {
    return parseArgs({
      options: {
        engines: { type: 'boolean', default: false },
        only: { type: 'string', multiple: true },
        rounds: { type: 'string', default: '7' },
        seconds: { type: 'string', default: '3' },
      },
    }).values;
  } catch (error) {
    return exitWithMessage(error instanceof Error ? error.message : String(error));
  }
}

const { engines: usesEngines, only, rounds, seconds } = parseOptions();
for (const [option, value] of Object.entries({ rounds, seconds }))
  if (!/^[1-9]\d?$/.test(value)) exitWithMessage(`--${option} must be a whole number from 1 to 99.`);
const chosen = noises.filter(({ name }) => only === undefined || only.includes(name));
if (chosen.length === 0)
  exitWithMessage(`--only matches no noise. It must be one of ${noises.map(({ name }) => name).join(', ')}.`);

// `process.exit` runs the exit handlers, which remove the temporary folders. The servers end by themselves when this process has ended.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => process.exit(128 + constants.signals[signal]));

const formatEffect = ({ noise, pairs, ratio, tally }: NoiseEffect): string => {
  const times = pairs.map(([quiet, noisy]) => `${quiet.toFixed(1)}/${noisy.toFixed(1)}`).join(' ');
  const answers = Object.entries(tally).map(([status, count]) => `${status}: ${count}`);
  return `${noise.name.padEnd(9)} ${ratio.toFixed(2).padStart(5)}  ${times}\n  ${noise.about}; answers ${answers.join(', ')}`;
};

const engines = usesEngines ? await startEngines() : undefined;
const host = new ServiceHost(engines === undefined ? {} : { engines });
try {
  console.log('noise     ratio  p99 of the neighbour in ms, quiet/noisy');
  const { location } = await host.serviceFor({ environment: { API_KEYS: rootKey } });
  for (const noise of chosen) {
    const options = { port: location.port, rootKey, rounds: Number(rounds), seconds: Number(seconds) };
    const effect = await measureNoiseEffect(noise, options);
    console.log(formatEffect(effect));
    if (effect.ratio > maxRatio) process.exitCode = 1;
  }
} catch (error) {
  // This is an error of the bench, not a result about the service.
  console.error(error);
  process.exitCode = 3;
}
await host.stop();
await engines?.stop();
