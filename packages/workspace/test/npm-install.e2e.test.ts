import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { root } from '../src/layout.ts';
import { type Started, TinyWorkspace } from './tiny-workspace.ts';

let workspace: TinyWorkspace;
beforeEach(() => {
  workspace = new TinyWorkspace();
  workspace.write('go', '');
  for (const path of ['package-lock.json', 'packages/workspace/src/after-npm-install.mjs'])
    cpSync(join(root, path), join(workspace.root, path));
  // Take the rest from the real manifest, because npm fails if that has a version that only pnpm understands.
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as object;
  workspace.write('package.json', JSON.stringify({ ...manifest, packageManager: 'pnpm@0.0.0' }));
});
afterEach(() => workspace.remove());

const runNpm = (command: string): Started => workspace.start('npm', [command, '--offline']);
const lockOf = (folder: string): string => readFileSync(join(folder, 'package-lock.json'), 'utf8');

test.each(['install', 'ci'])(
  'npm %s installs with pnpm, and a program then starts without another install',
  async (command) => {
    const { code, output } = runNpm(command);
    expect([await code, await output]).toEqual([0, expect.stringContaining('Dependencies ready')]);
    expect(await workspace.run(`console.log('hello')`).output).toBe('hello\n');
    expect(workspace.doneInstalls).toBe(1);
  },
);

test('npm install restores the packages that npm has removed, and leaves package-lock.json unchanged', async () => {
  expect(await workspace.run('').code).toBe(0);
  workspace.write('node_modules/vitest/package.json', JSON.stringify({ name: 'vitest', version: '5.0.0' }));
  expect(await runNpm('install').code).toBe(0);
  expect(workspace.doneInstalls).toBe(2);
  expect(lockOf(workspace.root)).toBe(lockOf(root));
  expect(existsSync(join(workspace.root, 'node_modules', '.package-lock.json'))).toBe(false);
});

test('an npm install that fails reports the reason', async () => {
  workspace.write('fail', '');
  const { code, output } = runNpm('install');
  expect(await code).not.toBe(0);
  expect(await output).toContain('Installing the dependencies failed: exit code 3.');
});
