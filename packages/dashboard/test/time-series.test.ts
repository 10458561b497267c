import { expect, test } from 'vitest';
import { stackSeries, indexesWithoutNeighbors } from '../src/shared/time-series.ts';

test.each([
  [[], []],
  [[5], [0]],
  [[1, 2], []],
  [
    [null, 0, null, 2, 3, undefined, 4],
    [1, 6],
  ],
])('in %j, the values at %j have no neighbors', (values, indexes) => {
  expect(indexesWithoutNeighbors(values)).toEqual(indexes);
});

test('in a stack, each series includes the sum of the series before it', () => {
  const stacked = stackSeries([{ values: [1, null] }, { values: [2, 3] }]);
  expect(stacked).toEqual([{ values: [3, 3] }, { values: [1, 0] }]);
});
