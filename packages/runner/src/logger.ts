import { type Logger, pino } from 'pino';
import { TurnOutput } from './turn-output.ts';

export type { Logger } from 'pino';

/** The log levels, in the order of rising verbosity. */
export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

export type LogLevel = (typeof logLevels)[number];

const standardOutput = 1;

/** Makes a logger that writes JSON lines to a file descriptor. Passes each line through `format` first. Default: the standard output. */
export function makeLogger(
  level: LogLevel,
  format = (line: string): string => line,
  fd: number = standardOutput,
): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: loggableError },
  };
  const file = pino.destination({ dest: fd, sync: true });
  const output = new TurnOutput((text) => file.write(text), format);
  process.on('exit', output.flush);
  return pino(options, output);
}

/** The members of an error that may contain data of a caller, which must not be logged. */
const callerDataMembers: ReadonlySet<string> = new Set(['ids', 'violations']);

/** Returns the members of an error that may be logged. */
export function loggableError(error: Error): object {
  const members = Object.entries(pino.stdSerializers.err(error));
  return Object.fromEntries<unknown>(members.filter(([name]) => !callerDataMembers.has(name)));
}
