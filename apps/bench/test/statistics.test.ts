import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { quantile, ratiosOf, spreadOf } from '../src/measure/statistics.ts';

test.each([
  [[7], 0.5, 7],
  [[10, 9, 100], 0.5, 10],
  [[1, 2, 3, 4], 0.5, 2.5],
  [[1, 2, 3, 4, 5], 0.25, 2],
  [[1, 2], 0.75, 1.75],
  [[1, 2], 1, 2],
  [[], 0.5, Number.NaN],
])('the quantile of %j at %d is %d', (numbers, share, expected) => {
  expect(quantile(numbers, share)).toBe(expected);
});

test('the quartiles enclose the median, in any order of the numbers', () => {
  const numbers = fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1 });
  fc.assert(
    fc.property(numbers, (figures) => {
      const { lower, median, upper } = spreadOf(figures);
      expect(lower).toBeLessThanOrEqual(median);
      expect(median).toBeLessThanOrEqual(upper);
      expect(spreadOf(figures.toReversed())).toEqual({ lower, median, upper });
    }),
  );
});

test('numbers of the same round are divided, and a round with only one number is left out', () => {
  expect(ratiosOf([10, 20, 30], [5, 40])).toEqual([2, 0.5]);
  expect(ratiosOf([10], [5, 40])).toEqual([2]);
});
