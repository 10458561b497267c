import { describe, expect, test } from 'vitest';
import { type Goal, goals, goalStateOf } from '../src/report/goals.ts';
import { markdownOf, formatNumber } from '../src/report/markdown.ts';
import { plotOf } from '../src/report/plot.ts';
import { spreadOfMetric, spreadOfRatios, type Report, type WorkResult } from '../src/report/report.ts';
import { works } from '../src/works/works.ts';

const single: WorkResult = {
  name: 'single',
  about: 'one activity per POST',
  sides: [
    {
      name: 'product',
      about: 'the service',
      samples: [
        { perSecond: 100, cpuUs: 20, p99Ms: 4 },
        { perSecond: 300, cpuUs: 30, p99Ms: 8 },
        { perSecond: 400, cpuUs: 10, p99Ms: 6 },
      ],
    },
    {
      name: 'own',
      about: 'lean',
      samples: [{ perSecond: 200 }, { perSecond: 300 }, { perSecond: 200 }],
    },
    { name: 'Go', about: 'in Go', samples: [], missing: 'Go is missing' },
  ],
};
const report: Report = {
  date: '2026-11-30T12:00:00.000Z',
  machine: { processor: 'test', processors: 2, memoryGiB: 8, system: 'Linux 6', node: '26.10.0' },
  scale: { rounds: 3 },
  works: [single],
};

test('a metric has its median and quartiles over the rounds, and ratios are calculated round by round', () => {
  expect(spreadOfMetric(single, 'product', 'perSecond')).toEqual({ median: 300, lower: 200, upper: 350 });
  expect(spreadOfRatios(single, ['product', 'own'], 'perSecond')).toEqual({
    median: 1,
    lower: 0.75,
    upper: 1.5,
  });
  expect(spreadOfMetric(single, 'own', 'cpuUs')).toBeUndefined();
  expect(spreadOfRatios(single, ['product', 'Go'], 'perSecond')).toBeUndefined();
  expect(spreadOfMetric(single, 'nobody', 'perSecond')).toBeUndefined();
});

describe('a goal', () => {
  const goal: Goal = { work: 'single', about: '', side: 'product', metric: 'cpuUs' };
  test.each<[string, Goal, string]>([
    ['is reached at its maximum', { ...goal, max: 20 }, 'reached'],
    ['is missed above its maximum', { ...goal, max: 19 }, 'missed'],
    ['is reached at its minimum', { ...goal, metric: 'perSecond', min: 300 }, 'reached'],
    ['is missed below its minimum', { ...goal, metric: 'perSecond', min: 301 }, 'missed'],
    [
      'is missed if the ratio of two sides is below its minimum',
      { ...goal, metric: 'perSecond', dividedBy: 'own', min: 1.1 },
      'missed',
    ],
    [
      'is unmeasured if the other side has no samples',
      { ...goal, metric: 'perSecond', dividedBy: 'Go', min: 1 },
      'unmeasured',
    ],
    ['is unmeasured if its work did not run', { ...goal, work: 'drain', max: 20 }, 'unmeasured'],
  ])('%s', (_, chosen, state) => expect(goalStateOf(chosen, [single]).state).toBe(state));

  test.each(goals)(
    'of the work $work ($about) names an existing work and has either a minimum or a maximum',
    ({ work, min, max }) => {
      expect(works.map(({ name }) => name)).toContain(work);
      expect([min, max].filter((limit) => limit !== undefined)).toHaveLength(1);
    },
  );
});

test('works have different names', () => {
  expect(new Set(works.map(({ name }) => name)).size).toBe(works.length);
});

test.each([
  [31_234.4, '31,234'],
  [100, '100'],
  [26.04, '26'],
  [3.456, '3.5'],
  [0.0712, '0.071'],
])('%d is written as %s', (number, text) => expect(formatNumber(number)).toBe(text));

test('the Markdown has a row for each side, even one that could not run, and for each goal of the works that ran', () => {
  const text = markdownOf(report);
  expect(text).toContain('| product | 300 (200-350) | 20 (15-25) | 6 (5-7) | 1 (1-1) | the service |');
  expect(text).toContain('| own | 200 (200-250) |  |  | 1 (0.75-1.5) | lean |');
  expect(text).toContain('| Go |  |  |  |  | Go is missing |');
  expect(text).toContain('| single | at most 26 µs of CPU per item | 20 (15-25) | reached |');
  expect(text).toContain('| single | at least 0.85 × own | 1 (0.75-1.5) | reached |');
  expect(text).not.toContain('| drain |');
});

test('the Markdown has the error message of a work that failed', () => {
  const failed = { name: 'drain', about: 'stored', sides: [], failure: 'A request got 503.' };
  const text = markdownOf({ ...report, works: [failed, single] });
  expect(text).toContain('### drain: stored\n\nFailed: A request got 503.\n\n### single');
  expect(text).toContain('| drain | at most 9 µs of CPU per item |  | not measured |');
  expect(plotOf({ ...report, works: [failed, single] })).toContain('single');
});

test('the plot is an SVG that names the sides', () => {
  const svg = plotOf(report);
  expect(svg).toMatch(/^<svg [^]*<\/svg>\s*$/);
  for (const text of ['product', 'own', 'single', 'per second']) expect(svg).toContain(text);
  expect(svg).not.toContain('NaN');
});
