import { execFile } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { root } from '../src/layout.ts';

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

/** A package as another service gets it: built, packed, and installed beside a program of that service. */
export class PackedPackage {
  readonly #place: string;
  readonly #service: string;
  readonly #name: string;

  private constructor(name: string) {
    // Outside of the workspace, so that nothing of ours is found by accident.
    this.#place = mkdtempSync(join(tmpdir(), 'user-activity-packed-'));
    this.#service = join(this.#place, 'service');
    this.#name = name;
  }

  /** Packs a package of the folder `packages`, and installs it beside the program in `fixtures/packed-<name>`. */
  static async of(name: string): Promise<PackedPackage> {
    const packed = new PackedPackage(name);
    await packed.#install();
    return packed;
  }

  async #install(): Promise<void> {
    const [place, service, name] = [this.#place, this.#service, this.#name];
    // Built from nothing, in a copy: a stale file in dist would be packed as well, and others use that folder.
    const source = join(place, 'packages', name);
    for (const path of ['README.md', 'tsconfig.json', 'src'])
      cpSync(join(root, 'packages', name, path), join(source, path), { recursive: true });
    // Other packages of the workspace are what its own tests need; they aren't there in the copy.
    const { devDependencies: _tests, ...manifest } = manifestOf(join(root, 'packages', name));
    writeFileSync(join(source, 'package.json'), JSON.stringify(manifest));
    cpSync(join(root, 'tsconfig.base.json'), join(place, 'tsconfig.base.json'));
    const typesOfNode = ['--typeRoots', join(root, 'node_modules', '@types')];
    await run(tsc, ['-p', '.', ...typesOfNode], source);
    await run('npx', ['--yes', manifestOf(root).packageManager, 'pack', '--pack-destination', place], source);

    const [tarball = 'no tarball'] = globSync('*.tgz', { cwd: place });
    mkdirSync(service);
    writeFileSync(
      join(service, 'package.json'),
      JSON.stringify({ name: 'service', type: 'module', private: true }),
    );
    await run('npm', ['install', '--offline', '--no-audit', '--no-fund', join(place, tarball)], service);
    cpSync(join(import.meta.dirname, 'fixtures', `packed-${name}`), service, { recursive: true });
  }

  /** The files of the package. */
  get files(): readonly string[] {
    return globSync('**/*.*', { cwd: this.#installed });
  }

  /** Everything that was installed. */
  get dependencies(): readonly string[] {
    return globSync('*/*', { cwd: join(this.#service, 'node_modules') });
  }

  get exports(): unknown {
    return manifestOf(this.#installed).exports;
  }

  /** Returns what publint finds. */
  async faults(): Promise<readonly unknown[]> {
    return (await publint({ pkgDir: this.#installed, strict: true })).messages;
  }

  /** Type-checks the program. Returns the output of tsc. */
  check(): Promise<string> {
    return run(tsc, ['-p', '.'], this.#service);
  }

  /** Runs the program. Returns its output. */
  runProgram(): Promise<string> {
    return run(process.execPath, ['program.ts'], this.#service);
  }

  remove(): void {
    rmSync(this.#place, { recursive: true, force: true });
  }

  get #installed(): string {
    return join(this.#service, 'node_modules', '@user-activity', this.#name);
  }
}
