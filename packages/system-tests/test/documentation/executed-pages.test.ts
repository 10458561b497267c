import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { examplesOf } from './documented-page.ts';
import { executedPages } from './executed-pages.ts';

const root = join(import.meta.dirname, '..', '..', '..', '..');
const text = (path: string): string => readFileSync(join(root, path), 'utf8');
/** Every page for users and operators, without docs/metrics.md: its JSON has numbers that no run repeats. */
const pages = globSync(
  [
    'README.md',
    'docs/{README,access,ask,compare,follow,get-started,keep-and-erase,scaling,send,typescript,operate/*}.md',
  ],
  {
    cwd: root,
  },
);

test('each page with executable commands is in the list of executed pages', () => {
  expect(pages.length).toBeGreaterThan(15);
  const withCommands = pages.filter((page) => examplesOf(text(page)).length > 0);
  expect(withCommands.toSorted()).toEqual(executedPages.map(([page]) => page).toSorted());
});

test('the commands and files for operators set only variables that exist', () => {
  const [, table = ''] = /^\| variable .*\n((?:\|.*\n)+)/m.exec(text('README.md')) ?? [];
  const names = table.split('\n').flatMap((row) => [...(row.split(' | ')[0] ?? '').matchAll(/`([A-Z_]+)`/g)]);
  const variables = new Set(['NODE_EXTRA_CA_CERTS', ...names.map(([, name]) => name)]);
  const shells = pages.flatMap((page) =>
    [...text(page).matchAll(/^ *```sh\n(.*?)^ *```/gms)].map(([block]) => block),
  );
  const units = globSync('deploy/systemd/*', { cwd: root }).map((unit) => text(unit));
  const settings = [...shells, ...units].flatMap((block) => [
    ...block.matchAll(/(?:^ *(?:export )?|^Environment=|[ '])'?([A-Z][A-Z_]+)=/gm),
  ]);
  const set = new Set(settings.map(([, name = '']) => name));
  expect([...set]).toEqual(expect.arrayContaining(['KAFKA_SSL', 'MONGODB_URI', 'DATA_DIR', 'API_KEYS_FILE']));
  expect([...set].filter((name) => !variables.has(name))).toEqual([]);
});
