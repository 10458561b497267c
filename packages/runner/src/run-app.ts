import { setTimeout as delay } from 'node:timers/promises';
import { LogMismatch } from '@user-activity/domain';
import { ConfigurationError } from './configuration/configuration-error.ts';
import { type Logger, type LogLevel, makeLogger } from './logger.ts';
import { startFault } from './start-fault.ts';

/** A running app. */
export interface RunningApp {
  /** The URL of the app. */
  readonly url: string;
  /** The path of the documentation, if the app serves documentation. */
  readonly docs?: string;
  /** A log line for people who want to try the app. It follows the ready line. */
  readonly hint?: string;
  /** Rejects if a component fails without which the app cannot run. */
  readonly componentFailure?: Promise<unknown>;
  /** Finishes pending work and closes all resources. */
  stop(): Promise<void>;
}

// The exit code EX_CONFIG of sysexits.h.
const invalidConfigurationExitCode = 78;
const maxStopMs = 9000;
const maxEarlyStopMs = 3000;
const stopSignals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * Starts the app and prints the ready line. At a stop signal, stops the app within 10 s and exits with code 0.
 * If the start fails, prints one line and exits with code 1, or 78 for an invalid configuration.
 */
async function runApp(logger: Logger, start: (signal: AbortSignal) => Promise<RunningApp>): Promise<void> {
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'unexpected error, exiting; accepted activities are safe');
    process.exit(1);
  });
  // Scripts and supervisors wait for the ready line, so it is logged at any LOG_LEVEL.
  const readyLogger = logger.child({}, { level: 'info' });
  const stopSignal = firstSignal();
  const startAbort = new AbortController();
  const startingApp = start(startAbort.signal);
  // `startingApp` may reject before it is awaited below.
  startingApp.catch(() => undefined);
  try {
    // `app` is undefined if the stop signal comes before the app is ready.
    const app = await Promise.race([startingApp, stopSignal.then(() => undefined)]);
    if (app !== undefined) {
      readyLogger.info(
        `ready at ${app.url}${app.docs === undefined ? '' : ` (documentation at ${app.docs})`}`,
      );
      if (app.hint !== undefined) readyLogger.info(app.hint);
    }
    const failure = await Promise.race([stopSignal.then(() => undefined), failureOf(app?.componentFailure)]);
    if (failure === undefined) logger.info({ signal: await stopSignal }, 'stopping');
    else if (failure.err instanceof LogMismatch)
      logger.fatal(`${failure.err.message} This process is shutting down.`);
    else logger.fatal(failure, 'a component failed, shutting down');
    // Ends a start that still waits for the log or the store.
    startAbort.abort();
    const stoppedApp = startingApp.then(async (started) => started.stop()).then(() => true);
    // An app that was not ready has accepted no activities, so it gets less time and may fail to stop.
    const hasStopped = await (app === undefined
      ? Promise.race([stoppedApp.catch(() => true), delay(maxEarlyStopMs, false)])
      : Promise.race([stoppedApp, delay(maxStopMs, false)]));
    if (hasStopped) logger.info('stopped');
    else logger.warn('shutdown timed out, exiting anyway; accepted activities are safe');
    process.exit(failure === undefined ? 0 : 1);
  } catch (error) {
    exitWithError(error, logger);
  }
}

/**
 * Reads the configuration of an app, makes the logger, and runs the app. When the process must stop, aborts the signal that
 * `start` got, so that a waiting start gives up.
 */
export async function runConfigured<Config extends { readonly LOG_LEVEL: LogLevel }>(
  readConfig: () => Config,
  start: (config: Config, logger: Logger, signal: AbortSignal) => Promise<RunningApp>,
): Promise<void> {
  let config: Config;
  try {
    config = readConfig();
  } catch (error) {
    return exitWithError(error);
  }
  // Only a terminal needs the formatter, which takes long to load.
  const { terminalLine } = process.stdout.isTTY ? await import('./terminal-line.ts') : {};
  const logger = makeLogger(config.LOG_LEVEL, terminalLine);
  await runApp(logger, (signal) => start(config, logger, signal));
}

/** Resolves with the reason if the given promise rejects. Otherwise never settles. */
function failureOf(componentFailure: Promise<unknown> | undefined): Promise<{ readonly err: unknown }> {
  return new Promise((resolve) => {
    componentFailure?.catch((err: unknown) => resolve({ err }));
  });
}

/** Resolves with the first stop signal. Later signals are ignored, because scripts and supervisors may send several. */
function firstSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of stopSignals) process.on(signal, resolve);
  });
}

/** Prints why the process can't run, and exits with code 1 or 78. */
function exitWithError(error: unknown, logger?: Logger): never {
  if (error instanceof ConfigurationError) {
    process.stderr.write(`${error.message}\n`);
    process.exit(invalidConfigurationExitCode);
  }
  const fault = startFault(error);
  if (logger === undefined) process.stderr.write(`${String(error)}\n`);
  else if (fault !== undefined) logger.fatal(fault);
  else logger.fatal({ err: error }, 'unexpected error, the process cannot start');
  process.exit(1);
}
