import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { backOff } from '../src/index.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** Returns how long a pause takes. */
async function pauseMs(failures: number, maxMs?: number): Promise<number> {
  const start = Date.now();
  const paused = backOff(failures, undefined, maxMs);
  await vi.runAllTimersAsync();
  await paused;
  return Date.now() - start;
}

test('a pause doubles with each failure, up to its maximum', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(1);
  expect(await pauseMs(1)).toBe(100);
  expect(await pauseMs(2)).toBe(200);
  expect(await pauseMs(6)).toBe(3200);
  expect(await pauseMs(7)).toBe(5000);
  expect(await pauseMs(10_000)).toBe(5000);
  expect(await pauseMs(10_000, 1000)).toBe(1000);
});

test('a pause is shortened by up to one half at random', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0);
  expect(await pauseMs(1)).toBe(50);
  expect(await pauseMs(7)).toBe(2500);
});

test('a pause ends when the signal is aborted, and leaves neither a timer nor a listener', async () => {
  const cancelling = new AbortController();
  const removed = vi.spyOn(cancelling.signal, 'removeEventListener');
  const paused = backOff(30, cancelling.signal);
  cancelling.abort();
  await expect(paused).resolves.toBeUndefined();
  expect(vi.getTimerCount()).toBe(0);
  expect(removed).toHaveBeenCalledOnce();
});

test('there is no pause if the signal is already aborted', async () => {
  await expect(backOff(30, AbortSignal.abort())).resolves.toBeUndefined();
  expect(vi.getTimerCount()).toBe(0);
});
