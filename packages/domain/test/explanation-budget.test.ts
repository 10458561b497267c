import { expect, test } from 'vitest';
import {
  defaultRecordingRules,
  ExplanationBudget,
  ProjectId,
  UserActivity,
  type Violation,
} from '../src/index.ts';

const violations = (count: number, message = 'is wrong'): readonly Violation[] =>
  Array.from({ length: count }, (_, index) => ({ path: `/${index}`, message }));

test('explains inputs in order and completely, up to 1,000 violations', () => {
  const budget = new ExplanationBudget();
  expect(budget.explain(violations(999))).toHaveLength(999);
  expect(budget.explain(violations(2))).toEqual([]);
  expect(budget.explain(violations(1))).toEqual([]);
  expect(budget.unexplained).toBe(2);
});

test.each([
  ['plain', 'x'],
  ['of three bytes', '購'],
  ['escaped', '\u0001'],
])('the violations that it returns take at most 256 KiB as JSON: %s', (_, character) => {
  const budget = new ExplanationBudget();
  const explained = Array.from({ length: 1000 }, () => budget.explain(violations(1, character.repeat(1000))));
  const bytes = Buffer.byteLength(JSON.stringify(explained.flat()));
  expect(bytes).toBeLessThanOrEqual(256 * 1024);
  expect(bytes).toBeGreaterThan(248 * 1024);
});

test('once the budget is spent, checking an input stops at the first violation', () => {
  const budget = new ExplanationBudget();
  expect(budget.collector().full).toBe(false);
  budget.explain(violations(1001));
  const collector = budget.collector();
  let read = 0;
  const metadata = new Proxy([undefined, undefined, undefined], {
    get(target, key) {
      if (typeof key === 'string' && key !== 'length') read += 1;
      return Reflect.get(target, key) as unknown;
    },
  });
  const deps = {
    clock: { now: () => 0 as never },
    ids: { next: () => 'id-1' as never, sha256: () => expect.unreachable() },
    rules: defaultRecordingRules,
  };
  const draft = { userId: 'u', type: 'T', metadata: { list: metadata } };
  expect(() => UserActivity.record({ project: ProjectId.default }, draft, deps, collector)).toThrow(
    'breaks a rule',
  );
  expect(read).toBe(1);
});
