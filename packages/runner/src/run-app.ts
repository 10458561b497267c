import { setTimeout as delay } from 'node:timers/promises';
import { ConfigurationError } from './configuration/configuration-error.ts';
import { type Logger, type LogLevel, makeLogger } from './logger.ts';
import { startFault } from './start-fault.ts';

/** A running app. */
export interface RunningApp {
  /** The URL at which it is served. */
  readonly url: string;
  /** The path of its documentation, if it serves one. */
  readonly docs?: string;
  /** A line for people who want to try the app, shown after the ready line. */
  readonly hint?: string;
  /** Rejects if a component fails that the app cannot run without. */
  readonly failed?: Promise<unknown>;
  /** Finishes pending work and closes all resources. */
  stop(): Promise<void>;
}

// EX_CONFIG of sysexits.h.
const badConfiguration = 78;
const drainMs = 9000;
const startingMs = 3000;
const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * Runs a process: starts the app, prints the ready line, and at a signal stops it within 10 s and exits with code 0.
 * If the start fails, it prints one line and exits with code 1, or 78 for an invalid configuration.
 */
async function runApp(logger: Logger, start: (signal: AbortSignal) => Promise<RunningApp>): Promise<void> {
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'unexpected error, exiting; accepted activities are safe');
    process.exit(1);
  });
  // Scripts and supervisors wait for the ready line, so it is logged at any LOG_LEVEL.
  const life = logger.child({}, { level: 'info' });
  const stopRequested = firstSignal();
  const stopping = new AbortController();
  const starting = start(stopping.signal);
  // The start may reject before it is awaited below.
  starting.catch(() => undefined);
  try {
    // Undefined if the signal comes before the app is ready.
    const app = await Promise.race([starting, stopRequested.then(() => undefined)]);
    if (app !== undefined) {
      life.info(`ready at ${app.url}${app.docs === undefined ? '' : ` (documentation at ${app.docs})`}`);
      if (app.hint !== undefined) life.info(app.hint);
    }
    const failure = await Promise.race([stopRequested.then(() => undefined), failureOf(app?.failed)]);
    if (failure === undefined) logger.info({ signal: await stopRequested }, 'stopping');
    else logger.fatal(failure, 'a component failed, shutting down');
    // Ends a start that waits for an engine.
    stopping.abort();
    const stopped = starting.then(async (started) => started.stop()).then(() => true);
    // An app that was not ready has accepted nothing, so it gets less time and may fail to stop.
    const hasStopped = await (app === undefined
      ? Promise.race([stopped.catch(() => true), delay(startingMs, false)])
      : Promise.race([stopped, delay(drainMs, false)]));
    if (hasStopped) logger.info('stopped');
    else logger.warn('shutdown timed out, exiting anyway; accepted activities are safe');
    process.exit(failure === undefined ? 0 : 1);
  } catch (error) {
    exitOn(error, logger);
  }
}

/**
 * Runs an app from its configuration: reads it, makes the logger, and runs the process. The signal is aborted when the process
 * must stop, so that a waiting start gives up.
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

/** Resolves with the reason if `failed` rejects. Otherwise never settles. */
function failureOf(failed: Promise<unknown> | undefined): Promise<{ readonly err: unknown }> {
  return new Promise((resolve) => {
    failed?.catch((err: unknown) => resolve({ err }));
  });
}

/** Resolves at the first signal. Later signals are ignored, because scripts and supervisors may send several. */
function firstSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of signals) process.on(signal, resolve);
  });
}

/** Prints why the process can't run, and exits. */
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
