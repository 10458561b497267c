import { queryTimeout } from './translated.ts';

/**
 * Starts a time limit that the parts of one query share. The returned function gives the milliseconds that are left: a whole
 * number, and never 0, which MongoDB takes for no limit. It throws STORE_TIMEOUT if none are left.
 */
export function timeBudget(timeoutMs: number): () => number {
  const end = performance.now() + timeoutMs;
  return () => {
    const left = Math.ceil(end - performance.now());
    if (left < 1) throw queryTimeout();
    return left;
  };
}
