import { setTimeout as delay } from 'node:timers/promises';
import { ConfigurationError } from './configuration/configuration-error.ts';
import type { Logger } from './logger.ts';

/** An app that runs. */
export interface RunningApp {
  /** Where it is served. */
  readonly url: string;
  /** A line for a person who wants to try it, shown after the ready line. */
  readonly hint?: string;
  /** Finishes what is under way and gives everything free. */
  stop(): Promise<void>;
}

// EX_CONFIG of sysexits.h.
const badConfiguration = 78;
const drainMs = 9000;
const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * The life of a process: starts the app, prints the ready line, and drains at a signal, within 10 s and with exit code 0.
 * Whatever can't start is one clear message and exit code 1, or 78 for the configuration.
 */
export async function runApp(logger: Logger, start: () => Promise<RunningApp>): Promise<void> {
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'a bug: the process ends, what was accepted is kept');
    process.exit(1);
  });
  const asked = signalled();
  const starting = start();
  // It may fail while a signal is waited for; it is looked at below.
  starting.catch(() => undefined);
  try {
    const app = await Promise.race([starting, asked]);
    if (typeof app !== 'string') {
      logger.info(`ready at ${app.url}`);
      if (app.hint !== undefined) logger.info(app.hint);
    }
    logger.info({ signal: await asked }, 'stopping');
    const stopped = starting.then(async (started) => started.stop()).then(() => true);
    const inTime = await Promise.race([stopped, delay(drainMs, false)]);
    if (inTime) logger.info('stopped');
    else logger.warn('something did not finish in time and was left; what was accepted is kept');
    process.exit(0);
  } catch (error) {
    exitOn(error, logger);
  }
}

/** Resolves at the first signal. Later ones change nothing: scripts and supervisors send several, and a stop is short. */
function signalled(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of signals) process.on(signal, resolve);
  });
}

/** Ends the process with what kept it from running. */
export function exitOn(error: unknown, logger?: Logger): never {
  if (error instanceof ConfigurationError) {
    process.stderr.write(`${error.message}\n`);
    process.exit(badConfiguration);
  }
  if (logger === undefined) process.stderr.write(`${String(error)}\n`);
  else logger.fatal({ err: error }, error instanceof Error ? error.message : 'it can not start');
  process.exit(1);
}
