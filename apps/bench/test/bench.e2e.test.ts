import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@user-activity/test-kit';
import { expect, onTestFinished, test } from 'vitest';
import type { Report } from '../src/report/report.ts';
import { writeReport } from '../src/report/write-report.ts';
import { run } from '../src/run.ts';
import type { Work } from '../src/works/work.ts';
import { works } from '../src/works/works.ts';

test('a tiny run on the embedded engine measures both sides and writes its report', async () => {
  const folder = temporaryFolder('bench-report');
  onTestFinished(() => folder.remove());
  const chosen = works.filter(({ name }) => name === 'embedded');
  const scale = { rounds: 2, seconds: 0.2, events: 1, memoryMinutes: 1 };
  const lines: string[] = [];
  const report = await run({ works: chosen, scale }, (line) => lines.push(line));
  expect(lines).toHaveLength(chosen.length);
  expect(report.works.map(({ failure }) => failure)).toEqual([undefined]);
  writeReport(report, folder.path);
  const read = JSON.parse(readFileSync(join(folder.path, 'report.json'), 'utf8')) as Report;
  expect(read.works.map(({ name }) => name)).toEqual(['embedded']);
  for (const { sides } of read.works) {
    expect(sides.map(({ name, samples }) => [name, samples.length])).toEqual([
      ['product', 2],
      ['node:sqlite', 2],
    ]);
    for (const { samples } of sides)
      for (const sample of samples) expect(Object.values(sample).every((figure) => figure >= 0)).toBe(true);
  }
  expect(readFileSync(join(folder.path, 'report.md'), 'utf8')).toContain('| embedded | at least 0.9 ×');
  expect(readFileSync(join(folder.path, 'report.svg'), 'utf8')).toContain('node:sqlite');
});

test('a work that fails is reported, and the next work runs', async () => {
  const failing: Work = {
    name: 'first',
    about: '',
    run: () => Promise.reject(new Error('A request got 503.')),
  };
  const working: Work = { name: 'second', about: '', run: () => Promise.resolve([]) };
  const scale = { rounds: 1, seconds: 1, events: 1, memoryMinutes: 1 };
  const { works: results } = await run({ works: [failing, working], scale }, () => undefined);
  expect(results).toEqual([
    { name: 'first', about: '', sides: [], failure: 'A request got 503.' },
    { name: 'second', about: '', sides: [] },
  ]);
});
