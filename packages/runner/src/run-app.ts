import { setTimeout as delay } from 'node:timers/promises';
import { ConfigurationError } from './configuration/configuration-error.ts';
import { type Logger, type LogLevel, makeLogger } from './logger.ts';

/** An app that runs. */
export interface RunningApp {
  /** Where it is served. */
  readonly url: string;
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
 * Whatever can't start is one clear message and exit code 1, or 78 for the configuration.
 */
async function runApp(logger: Logger, start: () => Promise<RunningApp>): Promise<void> {
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'a bug: the process ends, what was accepted is kept');
    process.exit(1);
  });
  // Scripts and supervisors wait for the ready line, however little is logged.
  const life = logger.child({}, { level: 'info' });
  const asked = signalled();
  const starting = start();
  // It may fail while a signal is waited for; it is looked at below.
  starting.catch(() => undefined);
  try {
    const app = await Promise.race([starting, asked]);
    if (typeof app !== 'string') {
      life.info(`ready at ${app.url}`);
      if (app.hint !== undefined) life.info(app.hint);
    }
    const failed = typeof app === 'string' ? undefined : app.failed;
    const failure = await Promise.race([asked.then(() => undefined), ending(failed)]);
    if (failure === undefined) logger.info({ signal: await asked }, 'stopping');
    else logger.fatal(failure, 'a part of it came to an end; stopping');
    const stopped = starting.then(async (started) => started.stop()).then(() => true);
    // One that was not ready has accepted nothing, and may be waiting for what is down.
    const patienceMs = typeof app === 'string' ? startingMs : drainMs;
    const inTime = await Promise.race([stopped, delay(patienceMs, false)]);
    if (inTime) logger.info('stopped');
    else logger.warn('something did not finish in time and was left; what was accepted is kept');
    process.exit(failure === undefined ? 0 : 1);
  } catch (error) {
    exitOn(error, logger);
  }
}

/** The whole of a `main.ts`: reads the configuration, makes the logger it asks for, and runs the app. */
export async function runConfigured<Config extends { readonly LOG_LEVEL: LogLevel }>(
  readConfig: () => Config,
  start: (config: Config, logger: Logger) => Promise<RunningApp>,
): Promise<void> {
  let config: Config;
  try {
    config = readConfig();
  } catch (error) {
    return exitOn(error);
  }
  const logger = makeLogger(config.LOG_LEVEL);
  await runApp(logger, () => start(config, logger));
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
  if (logger === undefined) process.stderr.write(`${String(error)}\n`);
  else logger.fatal({ err: error }, error instanceof Error ? error.message : 'it can not start');
  process.exit(1);
}
