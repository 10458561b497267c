import { isTransient, ProblemError } from './problem-error.ts';

const firstPauseMs = 500;
const maxPauseMs = 30_000;
/** A longer `Retry-After` is taken for a mistake. */
const maxRetryAfterSeconds = 3600;

/** Returns a random pause before the next attempt, which grows with the number of failures. It is never shorter than `Retry-After`, up to an hour. */
export function pauseAfter(error: unknown, failures: number): number {
  const ceiling = Math.min(maxPauseMs, firstPauseMs * 2 ** failures);
  // Random, so that many clients do not return at the same moment after an outage.
  const backOff = ceiling * (0.5 + Math.random() / 2);
  const retryAfter = (error instanceof ProblemError && error.retryAfter) || 0;
  return backOff + Math.min(retryAfter, maxRetryAfterSeconds) * 1000;
}

/** Waits. Rejects with the reason of the signal once it is aborted. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal?.aborted === true) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}

interface RetryOptions {
  readonly signal?: AbortSignal | undefined;
  /** Whether to try again after this number of failures. */
  readonly mayRetry: (failures: number, pauseMs: number) => boolean;
}

/** Tries until the work succeeds, fails for good, or may not be retried. Rejects with the last error. */
export async function retry<Result>(
  work: () => Promise<Result>,
  { signal, mayRetry }: RetryOptions,
): Promise<Result> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await work();
    } catch (error) {
      const pauseMs = pauseAfter(error, failures);
      if (!isTransient(error) || !mayRetry(failures + 1, pauseMs)) throw error;
      await sleep(pauseMs, signal);
    }
  }
}
