import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { timeBudget } from '../src/time-budget.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('the parts of a query share its time limit, and no part is sent after it', () => {
  const timeLeft = timeBudget(1000);
  expect(timeLeft()).toBe(1000);
  vi.advanceTimersByTime(400);
  expect(timeLeft()).toBe(600);
  vi.advanceTimersByTime(599);
  expect(timeLeft()).toBe(1);
  vi.advanceTimersByTime(1);
  // 0 would be no limit at all.
  expect(timeLeft).toThrow(expect.objectContaining({ code: 'STORE_TIMEOUT' }));
});
