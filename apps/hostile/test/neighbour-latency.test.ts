import { expect, test } from 'vitest';
import { median, quantile, sortedNumbers } from '../src/neighbour/neighbour-latency.ts';

const hundred = Array.from({ length: 100 }, (_, index) => index + 1);

test.each([
  [hundred, 0.99, 99],
  [hundred, 1, 100],
  [hundred, 0.5, 50],
  [[7], 0.99, 7],
  [[1, 2, 3], 0.99, 3],
  [[], 0.99, Number.NaN],
])('the quantile of %j at %d is %d (nearest rank)', (numbers, share, expected) =>
  expect(quantile(numbers, share)).toBe(expected),
);

test('median sorts numbers by value, not as text', () => {
  expect(sortedNumbers([10, 9, 100])).toEqual([9, 10, 100]);
  expect(median([10, 9, 100])).toBe(10);
});
