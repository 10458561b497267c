import { expect, test } from 'vitest';
import { parseOptions } from '../src/options.ts';
import { works } from '../src/works/works.ts';

const parse = (...args: string[]) => parseOptions(args, works);

test('all works run by default, in 7 rounds', () => {
  const { works: chosen, scale, out } = parse();
  expect(chosen).toEqual(works);
  expect(scale.rounds).toBe(7);
  expect(out).toBeUndefined();
});

test('--rounds overrides the scale of --quick', () => {
  const {
    works: chosen,
    scale,
    out,
  } = parse('--quick', '--only', 'single,drain', '--only', 'bytes', '--rounds', '2', '--out', 'results');
  expect(chosen.map(({ name }) => name)).toEqual(['single', 'drain', 'bytes']);
  expect(scale).toMatchObject({ rounds: 2, seconds: 1 });
  expect(out).toBe('results');
});

test.each([
  [['--only', 'nothing'], 'unknown work nothing'],
  [['--rounds', '0'], '--rounds must be a number greater than 0'],
  [['--seconds', 'many'], '--seconds must be a number greater than 0'],
  [['--slow'], '--slow'],
  [['single'], 'single'],
])('%j is refused', (args, message) => {
  expect(() => parse(...args)).toThrow(message);
});
