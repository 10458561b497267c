import { type DestinationStream, type Logger, pino } from 'pino';
import { terminalLine } from './terminal-line.ts';

export type { Logger } from 'pino';

/** How much is logged, from the least to the most. */
export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

/** One of them. */
export type LogLevel = (typeof logLevels)[number];

/** Logs JSON lines to the standard output; for people where that is a terminal. */
export function makeLogger(level: LogLevel, terminal: boolean = process.stdout.isTTY): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: errorLine },
  };
  // Written before the call returns: the last lines of a process that dies are those one needs.
  const output = pino.destination({ dest: 1, sync: true });
  const lines: DestinationStream = terminal ? { write: (line) => output.write(terminalLine(line)) } : output;
  return pino(options, lines);
}

/** What an error brings along for its caller may name what is none of the log's business. */
const forTheCaller: ReadonlySet<string> = new Set(['ids', 'violations']);

/** What a line tells of an error. */
export function errorLine(error: Error): object {
  const members = Object.entries(pino.stdSerializers.err(error));
  return Object.fromEntries<unknown>(members.filter(([name]) => !forTheCaller.has(name)));
}
