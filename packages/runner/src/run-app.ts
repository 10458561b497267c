import { setTimeout as delay } from 'node:timers/promises';
import { ConfigurationError } from './configuration/configuration-error.ts';
import { type Logger, type LogLevel, makeLogger } from './logger.ts';
import { startFault } from './start-fault.ts';

/** An app that runs. */
export interface RunningApp {
  /** Where it is served. */
  readonly url: string;
  /** The path of its documentation, if it serves one. */
  readonly docs?: string;
  /** A line for a person who wants to try it, shown after the ready line. */
  readonly hint?: string;
  /** Rejects when a part of it has come to an end that it can't do without. */
  readonly failed?: Promise<unknown>;
  /** Finishes what is under way and gives everything free. */
  stop(): Promise<void>;
}

// EX_CONFIG of sysexits.h.
const badConfiguration = 78;
const drainMs = 9000;
const startingMs = 3000;
const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * The life of a process: starts the app, prints the ready line, and drains at a signal, within 10 s and with exit code 0.
 * A start that fails ends it with one line and exit code 1, or 78 for the configuration.
 */
async function runApp(logger: Logger, start: (signal: AbortSignal) => Promise<RunningApp>): Promise<void> {
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'unexpected error, exiting; accepted activities are safe');
    process.exit(1);
  });
  // Scripts and supervisors wait for the ready line, however little is logged.
  const life = logger.child({}, { level: 'info' });
  const asked = signalled();
  const stopping = new AbortController();
  const starting = start(stopping.signal);
  // It may fail while a signal is waited for; it is looked at below.
  starting.catch(() => undefined);
  try {
    const app = await Promise.race([starting, asked]);
    if (typeof app !== 'string') {
      life.info(`ready at ${app.url}${app.docs === undefined ? '' : ` (documentation at ${app.docs})`}`);
      if (app.hint !== undefined) life.info(app.hint);
    }
    const failed = typeof app === 'string' ? undefined : app.failed;
    const failure = await Promise.race([asked.then(() => undefined), ending(failed)]);
    if (failure === undefined) logger.info({ signal: await asked }, 'stopping');
    else logger.fatal(failure, 'a component failed, shutting down');
    // One that was not ready has accepted nothing, and may be waiting for what is down.
    stopping.abort();
    const isReady = typeof app !== 'string';
    const stopped = starting.then(async (started) => started.stop()).then(() => true);
    const over = isReady ? stopped : stopped.catch(() => true);
    const inTime = await Promise.race([over, delay(isReady ? drainMs : startingMs, false)]);
    if (inTime) logger.info('stopped');
    else logger.warn('shutdown timed out, exiting anyway; accepted activities are safe');
    process.exit(failure === undefined ? 0 : 1);
  } catch (error) {
    exitOn(error, logger);
  }
}

/**
 * The whole of a `main.ts`: reads the configuration, makes the logger it asks for, and runs the app. The signal is aborted when
 * the process is to stop: a start that waits gives up then.
 */
export async function runConfigured<Config extends { readonly LOG_LEVEL: LogLevel }>(
  readConfig: () => Config,
  start: (config: Config, logger: Logger, signal: AbortSignal) => Promise<RunningApp>,
): Promise<void> {
  let config: Config;
  try {
    config = readConfig();
  } catch (error) {
    return exitOn(error);
  }
  const logger = makeLogger(config.LOG_LEVEL);
  await runApp(logger, (signal) => start(config, logger, signal));
}

/** Resolves when it rejects, with why; else never. */
function ending(failed: Promise<unknown> | undefined): Promise<{ readonly err: unknown }> {
  return new Promise((resolve) => {
    failed?.catch((err: unknown) => resolve({ err }));
  });
}

/** Resolves at the first signal. Later ones change nothing: scripts and supervisors send several, and a stop is short. */
function signalled(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of signals) process.on(signal, resolve);
  });
}

/** Ends the process with what kept it from running. */
function exitOn(error: unknown, logger?: Logger): never {
  if (error instanceof ConfigurationError) {
    process.stderr.write(`${error.message}\n`);
    process.exit(badConfiguration);
  }
  const fault = startFault(error);
  if (logger === undefined) process.stderr.write(`${String(error)}\n`);
  else if (fault !== undefined) logger.fatal(fault);
  else logger.fatal({ err: error }, 'unexpected error, the process cannot start');
  process.exit(1);
}
