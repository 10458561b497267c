import { execFile } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../src/layout.ts';

/** Outside of the workspace, so that nothing of ours is found by accident. */
const place = mkdtempSync(join(tmpdir(), 'user-activity-packed-'));
const service = join(place, 'service');
const installed = join(service, 'node_modules', '@user-activity', 'domain');

/** Another service sets no condition of ours, and knows nothing of our environment. */
const { NODE_OPTIONS: _ours, ...environment } = process.env;

async function run(file: string, args: readonly string[], cwd: string): Promise<string> {
  const options = { cwd, env: { ...environment, NO_COLOR: '1' }, encoding: 'utf8' } as const;
  const { stdout } = await promisify(execFile)(file, [...args], options).catch((error: unknown) => {
    const { stdout: out, stderr: err } = error as { stdout?: string; stderr?: string };
    throw new Error(`${file} ${args.join(' ')} failed:\n${out}\n${err}`, { cause: error });
  });
  return stdout;
}

const tsc = join(root, 'node_modules', '.bin', 'tsc');

interface Manifest {
  readonly packageManager: string;
  readonly exports: unknown;
  readonly devDependencies?: unknown;
}

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

beforeAll(async () => {
  // Built from nothing, in a copy: a stale file in dist would be packed as well, and others use that folder.
  const source = join(place, 'packages', 'domain');
  for (const path of ['README.md', 'tsconfig.json', 'src'])
    cpSync(join(root, 'packages', 'domain', path), join(source, path), { recursive: true });
  // Other packages of the workspace are what its own tests need; they aren't there in the copy.
  const { devDependencies: _tests, ...manifest } = manifestOf(join(root, 'packages', 'domain'));
  writeFileSync(join(source, 'package.json'), JSON.stringify(manifest));
  cpSync(join(root, 'tsconfig.base.json'), join(place, 'tsconfig.base.json'));
  await run(tsc, ['-p', '.'], source);
  await run('npx', ['--yes', manifestOf(root).packageManager, 'pack', '--pack-destination', place], source);

  const [tarball = 'no tarball'] = globSync('*.tgz', { cwd: place });
  mkdirSync(service);
  writeFileSync(
    join(service, 'package.json'),
    JSON.stringify({ name: 'service', type: 'module', private: true }),
  );
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', join(place, tarball)], service);
  cpSync(join(import.meta.dirname, 'fixtures', 'packed-domain'), service, { recursive: true });
}, 300_000);

afterAll(() => rmSync(place, { recursive: true, force: true }));

test('the package holds only what was built', () => {
  const files = globSync('**/*.*', { cwd: installed });
  expect(files).toEqual(expect.arrayContaining(['package.json', 'dist/index.js', 'dist/index.d.ts']));
  expect(files.filter((file) => !/^(?:package\.json|(?:README|LICENSE)\b.*|dist\/.*)$/.test(file))).toEqual(
    [],
  );
});

test('every entry of the exports exists, under every condition', async () => {
  expect(JSON.stringify(manifestOf(installed).exports)).not.toContain('source');
  const { messages } = await publint({ pkgDir: installed, strict: true });
  expect(messages).toEqual([]);
});

test('the package has no dependencies', () => {
  expect(globSync('*/*', { cwd: join(service, 'node_modules') })).toEqual(['@user-activity/domain']);
});

test('a program of another service type-checks against it, strictly and with nothing else in sight', async () => {
  expect(await run(tsc, ['-p', '.'], service)).toBe('');
});

test('the program runs', async () => {
  const output = await run(process.execPath, ['program.ts'], service);
  expect(JSON.parse(output)).toEqual({
    onTheTopic: {
      project: 'shop',
      id: 'from-the-service',
      userId: '123',
      type: 'LOG_IN',
      metadata: { ip: '127.0.0.1' },
      createdAt: '2026-01-02T03:04:05.678Z',
      receivedAt: '2026-01-02T03:04:05.678Z',
    },
    outcomes: ['stored', 'redelivered'],
    faults: ['/extra', '/userId', '/type'],
    // murmur2("21") is -973932308.
    partition: (-973_932_308 & 0x7fff_ffff) % 12,
  });
});
