import { LogId } from '@user-activity/domain';
import { expect, onTestFinished, test } from 'vitest';
import { MongoSettledOffsets } from '../src/index.ts';
import { freshStore } from './mongo-subjects.ts';

const log = LogId.parse('log-1');

test('of the steps that share a write, a refused one does not stop the others', async () => {
  const { store, close } = await freshStore();
  onTestFinished(close);
  const settled = new MongoSettledOffsets(store);
  await settled.begin(log, [0, 0, 0, 5]);
  const steps = [
    // Has a write of its own, so that the others wait and share the next one.
    { partition: 0, from: 0, to: 1 },
    { partition: 1, from: 0, to: 2 },
    { partition: 2, from: 9, to: 10 },
    { partition: 3, from: 5, to: 6 },
  ];
  const outcomes = await Promise.all(steps.map((step) => settled.settle({ log, ...step })));
  expect(outcomes).toEqual([true, true, false, true]);
  expect(await settled.find(log)).toEqual([1, 2, 0, 6]);
});

test('steps of one partition that wait together are settled in their order', async () => {
  const { store, close } = await freshStore();
  onTestFinished(close);
  const settled = new MongoSettledOffsets(store);
  await settled.begin(log, [0, 0]);
  const steps = [
    { partition: 1, from: 0, to: 1 },
    { partition: 0, from: 0, to: 1 },
    { partition: 0, from: 1, to: 2 },
    { partition: 0, from: 3, to: 4 },
  ];
  const outcomes = await Promise.all(steps.map((step) => settled.settle({ log, ...step })));
  expect(outcomes).toEqual([true, true, true, false]);
  expect(await settled.find(log)).toEqual([2, 1]);
});
