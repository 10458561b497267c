import { setTimeout as delay } from 'node:timers/promises';
import { isDomainError } from '@user-activity/domain';
import type { Logger } from './logger.ts';

interface RepeatOptions {
  readonly logger: Pick<Logger, 'error' | 'warn'>;
  /** Logged at the first of consecutive failures. */
  readonly failureMessage: string;
  readonly signal: AbortSignal;
  readonly pauseMs: number;
}

/** Does the work at once and after each pause, until the signal is aborted. Unexpected errors are logged too, and do not end it. */
export async function repeatRegularly(
  work: () => Promise<void>,
  { logger, failureMessage, signal, pauseMs }: RepeatOptions,
): Promise<void> {
  let isFailing = false;
  while (!signal.aborted) {
    try {
      await work();
      isFailing = false;
    } catch (error) {
      if (!isFailing && isDomainError(error)) logger.warn({ code: error.code }, failureMessage);
      else if (!isFailing) logger.error({ err: error }, failureMessage);
      isFailing = true;
    }
    await delay(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
