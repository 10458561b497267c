import { isTransient, ProblemError } from './problem-error.ts';
import { withTimeLimit } from './time-limit.ts';

const firstPauseMs = 500;
const maxPauseMs = 30_000;
/** A longer `Retry-After` is probably a mistake, so it is reduced to one hour. */
const maxRetryAfterSeconds = 3600;

/**
 * Returns how long to wait before the next attempt, in ms: the time that `Retry-After` asks for, plus a random back-off that grows with
 * the number of failures.
 */
export function computePauseMs(error: unknown, failures: number): number {
  const ceiling = Math.min(maxPauseMs, firstPauseMs * 2 ** failures);
  // Random, so that clients do not all reconnect at the same moment after an outage.
  const backOff = ceiling * (0.5 + Math.random() / 2);
  const retryAfter = (error instanceof ProblemError && error.retryAfter) || 0;
  return backOff + Math.min(retryAfter, maxRetryAfterSeconds) * 1000;
}

/** Resolves after `ms`. Rejects with the reason of the signal if it is aborted first. */
function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return withTimeLimit(
    undefined,
    signal,
    (ended) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, ms);
        ended.addEventListener('abort', () => clearTimeout(timer));
      }),
  );
}

/**
 * Returns true if another attempt may succeed. `hasAnswered`: whether the service has already answered an earlier request. If it has, an
 * unreadable answer probably comes from a proxy during an outage. If it has not, the URL is probably wrong, so a retry cannot help.
 */
export const isRetryable = (error: unknown, hasAnswered: boolean): boolean =>
  isTransient(error) && (hasAnswered || !((error as Error).cause instanceof SyntaxError));

/** Waits before the next attempt to connect. Throws `error` instead if it is not retryable. */
export async function waitBeforeRetry(
  error: unknown,
  failures: number,
  hasAnswered: boolean,
  signal: AbortSignal | undefined,
  onReconnect?: (reason: unknown) => void,
): Promise<void> {
  signal?.throwIfAborted();
  if (!isRetryable(error, hasAnswered)) throw error;
  onReconnect?.(error);
  await sleep(computePauseMs(error, failures), signal);
}

/**
 * Runs `work` until it succeeds, and pauses after each failure. Rejects with the last error if that is not transient, or if `mayRetry`
 * returns false.
 */
export async function retry<Result>(
  work: () => Promise<Result>,
  signal: AbortSignal | undefined,
  mayRetry: (failures: number, pauseMs: number, error: unknown) => boolean,
): Promise<Result> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await work();
    } catch (error) {
      const pauseMs = computePauseMs(error, failures);
      if (!isTransient(error) || !mayRetry(failures + 1, pauseMs, error)) throw error;
      await sleep(pauseMs, signal);
    }
  }
}
