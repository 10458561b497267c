import type { Cancellation } from '@user-activity/domain';

const firstWaitMs = 100;
const defaultMaxMs = 5000;

/**
 * Waits before a retry: 100 ms after the first failure, and twice as long after each further one, up to `maxMs` (default: 5,000). Subtracts
 * up to half of the time at random, so that callers do not all retry at once. Resolves early when the signal is aborted.
 */
export async function backOff(
  failures: number,
  signal?: Cancellation,
  maxMs: number = defaultMaxMs,
): Promise<void> {
  if (signal?.aborted === true) return;
  const waitMs = Math.min(maxMs, firstWaitMs * 2 ** Math.min(failures - 1, 20)) * (0.5 + Math.random() / 2);
  const wait = Promise.withResolvers<void>();
  const timer = setTimeout(wait.resolve, waitMs);
  signal?.addEventListener('abort', wait.resolve, { once: true });
  await wait.promise;
  clearTimeout(timer);
  signal?.removeEventListener('abort', wait.resolve);
}
