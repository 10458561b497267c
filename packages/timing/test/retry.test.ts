import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { retry } from '../src/index.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('an attempt is repeated after a pause until it succeeds', async () => {
  const attempt = vi.fn<() => Promise<void>>().mockRejectedValueOnce(new Error('x')).mockResolvedValue();
  const retried = retry(attempt, new AbortController().signal);
  expect(attempt).toHaveBeenCalledTimes(1);
  await vi.runAllTimersAsync();
  expect(await retried).toBe(true);
  expect(attempt).toHaveBeenCalledTimes(2);
});

test('an attempt that succeeds counts, even if the signal was aborted meanwhile', async () => {
  const cancelling = new AbortController();
  const attempt = async (): Promise<void> => cancelling.abort();
  expect(await retry(attempt, cancelling.signal)).toBe(true);
});

test('no attempt begins after the signal is aborted', async () => {
  const cancelling = new AbortController();
  const attempt = vi.fn<() => Promise<void>>().mockRejectedValue(new Error('x'));
  const retried = retry(attempt, cancelling.signal);
  cancelling.abort();
  expect(await retried).toBe(false);
  expect(await retry(attempt, AbortSignal.abort())).toBe(false);
  expect(attempt).toHaveBeenCalledTimes(1);
});
