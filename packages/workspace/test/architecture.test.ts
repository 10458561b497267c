import { existsSync, globSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { beforeAll, describe, expect, test } from 'vitest';
import { frameworkRules, options, type Rule, rules } from '../src/architecture.ts';
import { arrows } from '../src/arrows.ts';
import { memberGroups, members, root } from '../src/layout.ts';
import { rooms } from '../src/rooms.ts';

/** Packages that are designed but do not exist yet, so that rules about them have no module to check. */
const pending: readonly string[] = [];
const fixtures = join(import.meta.dirname, 'fixtures', 'architecture');
const names = rules.map((rule) => rule.name);

async function cruiseFolder(baseDir: string): Promise<ICruiseResult> {
  const there = memberGroups.filter((group) => existsSync(join(baseDir, group)));
  const ruleSet = { forbidden: [...rules] };
  const { output } = await cruise(there, { ...options, baseDir, validate: true, ruleSet });
  if (typeof output === 'string') throw new Error('expected a result, not a report');
  return output;
}

const matches = (patterns: string | string[] | undefined, path: string): boolean =>
  [patterns ?? []].flat().some((pattern) => new RegExp(pattern).test(path));

const appliesTo = ({ from }: Rule, path: string): boolean =>
  (from.path === undefined || matches(from.path, path)) && !matches(from.pathNot, path);

describe('the code', () => {
  let result: ICruiseResult;
  beforeAll(async () => {
    result = await cruiseFolder(root);
  });

  test('breaks no rule', () => {
    const broken = result.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
    expect(broken).toEqual([]);
  });

  test('was read: every member has modules, and tests import what they test', () => {
    const ours = result.modules.map((module) => module.source);
    const without = members().filter((member) => !ours.some((path) => path.startsWith(`${member}/src/`)));
    // system-tests has only tests, which the rule about its arrows checks.
    expect(without).toEqual(['packages/system-tests']);
    const self = result.modules.find(
      (module) => module.source === 'packages/workspace/test/architecture.test.ts',
    );
    expect(self?.dependencies.map((dependency) => dependency.resolved)).toEqual(
      expect.arrayContaining(['packages/workspace/src/architecture.ts', 'packages/workspace/src/layout.ts']),
    );
  });

  test('has only imports that can be resolved, because no rule could check others', () => {
    const unresolved = result.modules.flatMap(({ source, dependencies }) =>
      dependencies.filter((to) => to.couldNotResolve).map((to) => `${source} -> ${to.module}`),
    );
    expect(unresolved).toEqual([]);
  });

  test.each([...rules])(
    'the rule $name applies to some module, or its package does not exist yet',
    (rule) => {
      const waits = pending.some((name) =>
        [`arrows-of-${name}`, `nothing-else-in-${name}`].includes(rule.name),
      );
      const seen = result.modules.some((module) => appliesTo(rule, module.source));
      expect(seen).toBe(!waits);
    },
  );

  test.each(frameworkRules)('the modules of $name are imported somewhere', ({ to }) => {
    const users = result.modules.filter(({ dependencies }) =>
      dependencies.some(({ resolved }) => matches(to.path, resolved)),
    );
    expect(users).not.toEqual([]);
  });
});

test('every package has arrows, and only missing packages are pending', () => {
  const packages = members().flatMap((member) => /^packages\/(.+)$/.exec(member)?.[1] ?? []);
  expect([...packages, ...pending].toSorted()).toEqual(arrows.map((one) => one.from).toSorted());
});

test.each([...new Set(rooms.map((room) => room.packageName))])(
  'each folder in the sources of %s is a room',
  (packageName) => {
    const there = readdirSync(join(root, 'packages', packageName, 'src'), { withFileTypes: true });
    const folders = there.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    const known = rooms.filter((room) => room.packageName === packageName).map((room) => room.name);
    expect(folders.toSorted()).toEqual(known.toSorted());
  },
);

test('every rule has a unique name, a reason and a fixture that breaks it, and every fixture has a rule', () => {
  expect(new Set(names).size).toBe(rules.length);
  expect(rules.filter((rule) => rule.comment.length < 20)).toEqual([]);
  expect(readdirSync(fixtures).toSorted()).toEqual(names.toSorted());
});

test.each(names)('the fixture of %s breaks that rule and no other', async (name) => {
  const { modules, summary } = await cruiseFolder(join(fixtures, name));
  const files = globSync('**/*.ts', { cwd: join(fixtures, name) });
  expect(modules.map((module) => module.source)).toEqual(expect.arrayContaining(files));
  expect([...new Set(summary.violations.map((violation) => violation.rule.name))]).toEqual([name]);
});
