import { setTimeout as delay } from 'node:timers/promises';
import { isDomainError } from '@user-activity/domain';
import type { Logger } from './logger.ts';

interface RepeatOptions {
  readonly signal: AbortSignal;
  /** The pause after a failure, and after work that names none, in milliseconds. */
  readonly pauseMs: number;
  /** Handles a failure. `isRepeated`: the attempt before failed too. Throws to end the repetition. */
  readonly onFailure: (error: unknown, isRepeated: boolean) => void;
}

/** Does the work at once and after each pause, until the signal is aborted. The work may return the pause after it, in milliseconds. */
export async function repeatRegularly(
  work: () => Promise<number | void>,
  { signal, pauseMs, onFailure }: RepeatOptions,
): Promise<void> {
  let isFailing = false;
  while (!signal.aborted) {
    let pause: number | void = pauseMs;
    try {
      pause = await work();
      isFailing = false;
    } catch (error) {
      // The work may fail because the process closes what it uses.
      if (signal.aborted) return;
      onFailure(error, isFailing);
      isFailing = true;
    }
    await delay(pause ?? pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

/** Logs the first of consecutive failures. Unexpected errors are logged too, and do not end the repetition. */
export const logFailures =
  (logger: Pick<Logger, 'error' | 'warn'>, message: string): RepeatOptions['onFailure'] =>
  (error, isRepeated) => {
    if (isRepeated) return;
    if (isDomainError(error)) logger.warn({ code: error.code }, message);
    else logger.error({ err: error }, message);
  };
