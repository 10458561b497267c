import { type Logger, pino } from 'pino';
import { TurnOutput } from './turn-output.ts';

export type { Logger } from 'pino';

/** The log levels, from the least to the most verbose. */
export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

export type LogLevel = (typeof logLevels)[number];

const standardOutput = 1;

/** Makes a logger that writes JSON lines, each passed through `format`, to the file descriptor `fd`. Default: standard output. */
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

/** The members of an error that must not be logged, because they may contain data of a caller. */
const callerDataMembers: ReadonlySet<string> = new Set(['ids', 'violations']);

/** Returns the members of an error that may be logged. */
export function loggableError(error: Error): object {
  const members = Object.entries(pino.stdSerializers.err(error));
  return Object.fromEntries<unknown>(members.filter(([name]) => !callerDataMembers.has(name)));
}
