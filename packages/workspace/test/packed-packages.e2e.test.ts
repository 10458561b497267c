import { cpSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root, toolFolder } from '../src/layout.ts';
import { Tarballs } from './tarballs.ts';

const tsc = join(toolFolder, 'tsc');
const fixtures = join(import.meta.dirname, 'fixtures');

/** A package that others install, and a program of another service in `fixtures/packed-<name>` that uses it. */
interface Library {
  readonly name: string;
  /** The other packages of this workspace that it needs. */
  readonly needs: readonly string[];
  /** The files in the package, except for compiled ones. */
  readonly files: readonly string[];
  /** The JSON that the program of the other service prints. */
  readonly output: object;
}

const files = ['LICENSE', 'README.md', 'package.json'];
const libraries: readonly Library[] = [
  {
    name: 'domain',
    needs: [],
    files,
    output: {
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
    },
  },
  {
    name: 'topic-contract',
    needs: ['domain'],
    files: [...files, ...globSync('golden/*', { cwd: join(root, 'packages/topic-contract') })].toSorted(),
    output: { key: '123', type: 'LOG_IN', id: 'from-a-producer' },
  },
  {
    name: 'client',
    needs: [],
    files,
    output: {
      sent: ['LOGIN', 'LOGOUT'],
      spooled: 1,
      locked: true,
      problem: { status: 404, message: 'There is nothing here.' },
    },
  },
];

let tarballs: Tarballs;
beforeAll(async () => {
  tarballs = await Tarballs.pack();
}, 300_000);
afterAll(() => tarballs.remove());

describe.each(libraries)('$name', ({ name, needs, files: expectedFiles, output }) => {
  const packages = [...needs, name].map((each) => `@user-activity/${each}`);
  let service: string;
  let installed: string;

  beforeAll(async () => {
    service = await tarballs.installInto(name, packages);
    installed = join(service, 'node_modules', '@user-activity', name);
    cpSync(join(fixtures, `packed-${name}`), service, { recursive: true });
  }, 300_000);

  test('the package has only its compiled sources and the expected files', () => {
    const found = globSync('**/*', { cwd: installed, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(installed.length + 1))
      .toSorted();
    const isCompiled = (file: string): boolean => /^dist\/.+\.(?:js|d\.ts)$/.test(file);
    expect(found.filter((file) => !isCompiled(file))).toEqual(expectedFiles);
    const sources = globSync('**/*.ts', { cwd: join(root, 'packages', name, 'src') });
    const compiled = sources.flatMap((source) => {
      const file = `dist/${source.replace(/\.ts$/, '')}`;
      return [`${file}.d.ts`, `${file}.js`];
    });
    expect(found.filter(isCompiled)).toEqual(compiled.toSorted());
  });

  test('its manifest has what a registry needs, and nothing that only this workspace uses', async () => {
    const text = readFileSync(join(installed, 'package.json'), 'utf8');
    expect(text).not.toMatch(/source"|workspace:|catalog:|"private"|devDependencies/);
    expect(JSON.parse(text)).toMatchObject({
      license: 'MIT',
      engines: { node: expect.stringMatching(/^>=\d+/) as unknown },
      repository: { type: 'git', directory: `packages/${name}` },
      homepage: expect.any(String) as unknown,
      bugs: expect.any(String) as unknown,
    });
    expect((await publint({ pkgDir: installed, strict: true })).messages).toEqual([]);
  });

  test('nothing else is installed with it', () => {
    const found = globSync('*/*', { cwd: join(service, 'node_modules') });
    expect(found.toSorted()).toEqual(packages.toSorted());
  });

  test('a program of another service passes strict type checks with only this package installed', async () => {
    expect(await tarballs.run(tsc, ['-p', '.'], service)).toBe('');
  });

  test('the program runs', async () => {
    expect(JSON.parse(await tarballs.run(process.execPath, ['program.ts'], service))).toEqual(output);
  });
});
