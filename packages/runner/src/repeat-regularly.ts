import { setTimeout as delay } from 'node:timers/promises';
import { isDomainError } from '@user-activity/domain';
import type { Logger } from './logger.ts';

interface RepeatOptions {
  readonly signal: AbortSignal;
  /** The pause after the work in milliseconds, unless the work returns another one. */
  readonly pauseMs: number;
  /** Handles a failure. `isRepeated` says whether the previous attempt failed too. To end the repetition, `onFailure` may throw. */
  readonly onFailure: (error: unknown, isRepeated: boolean) => void;
}

/** Calls `work` at once and after each pause, until the signal is aborted. `work` may return the length of the next pause in milliseconds. */
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
      // After an abort, the process closes the resources that the work uses, so an error is expected.
      if (signal.aborted) return;
      onFailure(error, isFailing);
      isFailing = true;
    }
    await delay(pause ?? pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

/** Makes an `onFailure` that logs the first of consecutive failures. It never throws, so not even a bug ends the repetition. */
export const logFailures =
  (logger: Pick<Logger, 'error' | 'warn'>, message: string): RepeatOptions['onFailure'] =>
  (error, isRepeated) => {
    if (isRepeated) return;
    if (isDomainError(error)) logger.warn({ code: error.code }, message);
    else logger.error({ err: error }, message);
  };
