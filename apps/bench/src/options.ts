import { parseArgs } from 'node:util';
import type { Scale, Work } from './works/work.ts';

/** The options of a run, from the command line. */
export interface Options {
  readonly works: readonly Work[];
  readonly scale: Scale;
  /** The folder to which the report is also written. Default: the report is only printed. */
  readonly out?: string;
}

const fullScale = { rounds: 7, seconds: 5, events: 300_000, memoryMinutes: 10 };
const quickScale = { rounds: 3, seconds: 1, events: 60_000, memoryMinutes: 0.25 };

/** Returns the help text: the options, and a line for each work. */
export const usageText = (works: readonly Work[]): string =>
  `npm run bench -- [--quick] [--only WORK,...] [--rounds N] [--seconds N] [--events N] [--minutes N] [--out FOLDER]\n\n${works
    .map(({ name, about }) => `${name.padEnd(14)} ${about}`)
    .join('\n')}`;

function parsePositive(option: string, text: string | undefined, defaultValue: number): number {
  if (text === undefined) return defaultValue;
  if (!/^\d{1,7}(?:\.\d+)?$/.test(text) || Number(text) <= 0)
    throw new Error(`--${option} must be a number greater than 0.`);
  return Number(text);
}

/** Parses the arguments of the command line. Throws an error with a message for the user if they are invalid. */
export function parseOptions(args: readonly string[], works: readonly Work[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      events: { type: 'string' },
      minutes: { type: 'string' },
      out: { type: 'string' },
    },
  });
  const names = values.only?.flatMap((list) => list.split(','));
  const unknown = names?.find((name) => !works.some((work) => work.name === name));
  if (unknown !== undefined)
    throw new Error(
      `--only has the unknown work ${unknown}; the works are ${works.map(({ name }) => name).join(', ')}.`,
    );
  const scale = values.quick ? quickScale : fullScale;
  return {
    works: works.filter(({ name }) => names === undefined || names.includes(name)),
    scale: {
      rounds: Math.ceil(parsePositive('rounds', values.rounds, scale.rounds)),
      seconds: parsePositive('seconds', values.seconds, scale.seconds),
      events: Math.ceil(parsePositive('events', values.events, scale.events)),
      memoryMinutes: parsePositive('minutes', values.minutes, scale.memoryMinutes),
    },
    ...(values.out === undefined ? {} : { out: values.out }),
  };
}
