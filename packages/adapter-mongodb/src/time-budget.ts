import { queryTimeout } from './translate-errors.ts';

/**
 * Starts a time limit that all parts of a query share. The returned function returns the remaining time in whole milliseconds. It is at
 * least 1, because 0 means no limit for MongoDB. The function throws STORE_TIMEOUT if no time remains.
 */
export function timeBudget(timeoutMs: number): () => number {
  const end = performance.now() + timeoutMs;
  return () => {
    const remaining = Math.ceil(end - performance.now());
    if (remaining < 1) throw queryTimeout();
    return remaining;
  };
}
