import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { members, root } from '../src/layout.ts';

const pages = globSync('{*.md,docs/**/*.md,{packages,apps}/*/*.md}', { cwd: root });
const text = (page: string): string => readFileSync(join(root, page), 'utf8');

/** Returns the anchors of a page, as GitHub makes them from its headings. */
const anchorsOf = (page: string): readonly string[] =>
  [...text(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

describe('the documentation', () => {
  test.each(pages)('the links of %s have targets', (page) => {
    const links = [...text(page).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)];
    const broken = links.filter(([, target = '', anchor]) => {
      const file = target === '' ? page : join(dirname(page), target);
      if (!existsSync(join(root, file))) return true;
      return anchor !== undefined && !anchorsOf(file).includes(anchor);
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });

  test('names every package in docs/architecture.md', () => {
    const table = text('docs/architecture.md');
    expect(members().filter((member) => !table.includes(member))).toEqual([]);
  });

  test('has exactly the variables of the configuration in the table of the README', () => {
    const sources = globSync(
      ['packages/{runner/src/configuration/variables,engines/src/**/*}.ts', 'apps/standalone/src/config.ts'],
      { cwd: root },
    );
    const config = sources.map(text).join('\n');
    const schemas = config.matchAll(/\b([A-Z][A-Z_]+): (?:Type\.|wholeNumber\(|flag\()/g);
    const variables = [...schemas].map(([, name]) => String(name));
    expect(variables).toContain('PORT');
    const [, table = ''] = /^\| variable .*\n((?:\|.*\n)+)/m.exec(text('README.md')) ?? [];
    const rows = table.split('\n').map((row) => row.split(' | ')[0] ?? '');
    const told = [...rows.join().matchAll(/`([A-Z_]+)`/g)].map(([, name]) => String(name));
    expect(told.toSorted()).toEqual([...new Set(variables)].toSorted());
  });

  test('explains exactly the scripts of package.json, in their order, and names no other script', () => {
    const { scripts } = JSON.parse(text('package.json')) as { scripts: Record<string, string> };
    const told = [...text('CONTRIBUTING.md').matchAll(/^\| `npm (?:run )?([\w:-]+)` +\| \S/gm)];
    expect(told.map(([, name]) => name)).toEqual(Object.keys(scripts));
    // The changelog also names scripts that no longer exist.
    const current = pages.filter((page) => page !== 'CHANGELOG.md').map(text);
    const named = [...current.join().matchAll(/npm run (?:-s )?([a-z][\w:-]*)/g)].map(([, name]) =>
      String(name),
    );
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});
