import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { settlesWithin, within } from '../src/index.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const never = (): Promise<never> => Promise.withResolvers<never>().promise;

test('work that ends in time keeps its result or failure, and leaves no timer', async () => {
  expect(await within(10, Promise.resolve('done'))).toBe('done');
  await expect(within(10, Promise.reject(new Error('refused')))).rejects.toThrow('refused');
  expect(vi.getTimerCount()).toBe(0);
});

test('work that takes longer rejects with a TimeoutError', async () => {
  const [outcome] = await Promise.allSettled([within(10, never()), vi.advanceTimersByTimeAsync(10)]);
  expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'TimeoutError' } });
});

test('`settlesWithin` does not depend on whether the work succeeds', async () => {
  expect(await settlesWithin(10, Promise.resolve())).toBe(true);
  expect(await settlesWithin(10, Promise.reject(new Error('refused')))).toBe(true);
  const late = settlesWithin(10, never());
  await vi.advanceTimersByTimeAsync(10);
  expect(await late).toBe(false);
});
