import { type DestinationStream, type Logger, pino } from 'pino';
import { terminalLine } from './terminal-line.ts';

export type { Logger } from 'pino';

/** The log levels, in the order of rising verbosity. */
export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

export type LogLevel = (typeof logLevels)[number];

/** Makes a logger that writes JSON lines to standard output, or readable lines if the output is a terminal. */
export function makeLogger(level: LogLevel, isTerminal: boolean = process.stdout.isTTY): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: loggableError },
  };
  // Lines are written synchronously: otherwise a process that crashes would lose the lines that explain why.
  const output = pino.destination({ dest: 1, sync: true });
  const destination: DestinationStream = isTerminal
    ? { write: (line) => output.write(terminalLine(line)) }
    : output;
  return pino(options, destination);
}

/** The members of an error that may contain data of a caller, which must not be logged. */
const callerDataMembers: ReadonlySet<string> = new Set(['ids', 'violations']);

/** Returns the members of an error that may be logged. */
export function loggableError(error: Error): object {
  const members = Object.entries(pino.stdSerializers.err(error));
  return Object.fromEntries<unknown>(members.filter(([name]) => !callerDataMembers.has(name)));
}
