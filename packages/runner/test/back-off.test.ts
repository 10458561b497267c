import { expect, test } from 'vitest';
import { backOff, outageLog } from '../src/back-off.ts';
import type { Logger } from '../src/index.ts';

test('a pause ends when it is cancelled, and is none when it was before', async () => {
  const aborting = new AbortController();
  const paused = backOff(30, aborting.signal);
  aborting.abort();
  await expect(paused).resolves.toBeUndefined();
  await expect(backOff(30, aborting.signal)).resolves.toBeUndefined();
});

test('a pause ends by itself', async () => {
  await expect(backOff(1, new AbortController().signal)).resolves.toBeUndefined();
});

test('an outage is logged when it begins, ever more rarely while it lasts, and when it is over', () => {
  const told: unknown[] = [];
  const line = ({ failures }: { failures: number }) => told.push(failures);
  const { failed, recovered } = outageLog({ warn: line, info: line } as unknown as Logger);
  for (let failures = 1; failures <= 20; failures += 1) failed(new Error('down'), failures);
  recovered(20);
  expect(told).toEqual([1, 2, 4, 8, 16, 20]);
});
