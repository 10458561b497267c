import { tookTooLong } from './failure.ts';

/**
 * A time that the parts of one question share: gives what is left of it, in whole milliseconds and never 0, which means no limit
 * to MongoDB. Throws STORE_TIMEOUT when nothing is left.
 */
export function budgetOf(timeoutMs: number): () => number {
  const end = performance.now() + timeoutMs;
  return () => {
    const left = Math.ceil(end - performance.now());
    if (left < 1) throw tookTooLong();
    return left;
  };
}
