import { type DestinationStream, type Logger, pino } from 'pino';
import { terminalLine } from './terminal-line.ts';

export type { Logger } from 'pino';

/** The log levels, from the least to the most verbose. */
export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

/** A log level. */
export type LogLevel = (typeof logLevels)[number];

/** Makes a logger that writes JSON lines to standard output, or readable lines if that is a terminal. */
export function makeLogger(level: LogLevel, terminal: boolean = process.stdout.isTTY): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: errorLine },
  };
  // Synchronous, so that the last lines of a dying process, which matter most, are not lost.
  const output = pino.destination({ dest: 1, sync: true });
  const lines: DestinationStream = terminal ? { write: (line) => output.write(terminalLine(line)) } : output;
  return pino(options, lines);
}

/** The members of an error that are meant for its caller. They may contain data that must not be logged. */
const forTheCaller: ReadonlySet<string> = new Set(['ids', 'violations']);

/** Returns the part of an error that is logged. */
export function errorLine(error: Error): object {
  const members = Object.entries(pino.stdSerializers.err(error));
  return Object.fromEntries<unknown>(members.filter(([name]) => !forTheCaller.has(name)));
}
