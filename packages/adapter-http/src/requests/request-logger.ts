import type { FastifyBaseLogger } from 'fastify';

type ChildArgs = Parameters<FastifyBaseLogger['child']>;
type Level = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

/**
 * The logger of one request, which adds the request id to each line. Most requests log nothing with it, so it makes pino's child logger
 * only for the first line.
 */
export class RequestLogger implements FastifyBaseLogger {
  readonly #parent: FastifyBaseLogger;
  readonly #args: ChildArgs;
  #child: FastifyBaseLogger | undefined;

  constructor(parent: FastifyBaseLogger, ...args: ChildArgs) {
    this.#parent = parent;
    this.#args = args;
  }

  get #logger(): FastifyBaseLogger {
    return (this.#child ??= this.#parent.child(...this.#args));
  }

  get level(): string {
    return this.#logger.level;
  }

  child(...args: ChildArgs): FastifyBaseLogger {
    return this.#logger.child(...args);
  }

  fatal(...line: readonly unknown[]): void {
    this.#log('fatal', line);
  }

  error(...line: readonly unknown[]): void {
    this.#log('error', line);
  }

  warn(...line: readonly unknown[]): void {
    this.#log('warn', line);
  }

  info(...line: readonly unknown[]): void {
    this.#log('info', line);
  }

  debug(...line: readonly unknown[]): void {
    this.#log('debug', line);
  }

  trace(...line: readonly unknown[]): void {
    this.#log('trace', line);
  }

  silent(): void {
    // This level writes nothing.
  }

  #log(level: Level, line: readonly unknown[]): void {
    const logger = this.#logger;
    Reflect.apply<FastifyBaseLogger, readonly unknown[], unknown>(logger[level], logger, line);
  }
}
