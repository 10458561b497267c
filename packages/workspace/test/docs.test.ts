import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { members, root } from '../src/layout.ts';

const pages = globSync('{*.md,docs/**/*.md,{packages,apps}/*/*.md}', { cwd: root });
const text = (page: string): string => readFileSync(join(root, page), 'utf8');

describe('the documentation', () => {
  test.each(pages)('%s points to what there is', (page) => {
    const targets = [...text(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, target]) =>
      String(target),
    );
    expect(targets.filter((target) => !existsSync(join(root, dirname(page), target)))).toEqual([]);
  });

  test('names every package and every variable', () => {
    const readme = text('README.md');
    expect(members().filter((member) => !readme.includes(member))).toEqual([]);
    const config = text('packages/runner/src/configuration/variables.ts');
    const variables = [...config.matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map(([, name]) => String(name));
    expect(variables).toContain('PORT');
    expect(variables.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });

  test('explains every script, in the order of npm run, and none that is not there', () => {
    const { scripts } = JSON.parse(text('package.json')) as { scripts: Record<string, string> };
    const told = [...text('CONTRIBUTING.md').matchAll(/^\| `npm (?:run )?([\w:-]+)` +\| \S/gm)];
    expect(told.map(([, name]) => name)).toEqual(Object.keys(scripts));
    // A changelog names the scripts of its time.
    const current = pages.filter((page) => page !== 'CHANGELOG.md').map(text);
    const named = [...current.join().matchAll(/npm run (?:-s )?([a-z][\w:-]*)/g)].map(([, name]) =>
      String(name),
    );
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});
