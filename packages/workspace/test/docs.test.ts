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

  test('names every package, every script and every variable', () => {
    const readme = text('README.md');
    expect(members().filter((member) => !readme.includes(member))).toEqual([]);
    const config = text('packages/runner/src/configuration/variables.ts');
    const variables = [...config.matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map(([, name]) => String(name));
    expect(variables).toContain('PORT');
    expect(variables.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
    const { scripts } = JSON.parse(text('package.json')) as { scripts: Record<string, string> };
    const told = text('CONTRIBUTING.md');
    expect(
      Object.keys(scripts).filter(
        (name) => !told.includes(`npm run ${name}`) && !told.includes(`npm ${name}`),
      ),
    ).toEqual([]);
  });
});
