import { isTransient, ProblemError } from './problem-error.ts';
import { withTimeLimit } from './time-limit.ts';

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

/** Returns whether waiting may help. `isKnown`: the service has answered before. A page of a proxy ends with the outage, but at first the URL may be wrong. */
export const mayPass = (error: unknown, isKnown: boolean): boolean =>
  isTransient(error) && (isKnown || !((error as Error).cause instanceof SyntaxError));

/** Waits before another connection. Throws the error if that cannot help. `isKnown`: the service has answered before. */
export async function waitAfter(
  error: unknown,
  failures: number,
  isKnown: boolean,
  signal: AbortSignal | undefined,
  onReconnect?: (reason: unknown) => void,
): Promise<void> {
  signal?.throwIfAborted();
  if (!mayPass(error, isKnown)) throw error;
  onReconnect?.(error);
  await sleep(pauseAfter(error, failures), signal);
}

/** Tries until the work succeeds, fails for good, or may not be retried after this number of failures and this error. Rejects with the last error. */
export async function retry<Result>(
  work: () => Promise<Result>,
  signal: AbortSignal | undefined,
  mayRetry: (failures: number, pauseMs: number, error: unknown) => boolean,
): Promise<Result> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await work();
    } catch (error) {
      const pauseMs = pauseAfter(error, failures);
      if (!isTransient(error) || !mayRetry(failures + 1, pauseMs, error)) throw error;
      await sleep(pauseMs, signal);
    }
  }
}
