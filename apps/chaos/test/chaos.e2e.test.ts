import { expect, test } from 'vitest';
import { run } from '../src/run.ts';

test('a short run with a fixed seed has no violations', async () => {
  const { report } = await run({ seed: 1, seconds: 20, onLine: () => undefined });
  expect(report.violations).toEqual([]);
  expect(report.accepted).toBeGreaterThan(100);
  expect(Object.keys(report.faults).length).toBeGreaterThan(3);
  expect(report.books.conflict).toBeGreaterThan(0);
});
