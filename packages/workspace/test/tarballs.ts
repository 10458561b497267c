import { execFile } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../src/layout.ts';

/** The environment of another service, without the options of Node that this workspace sets. */
const { NODE_OPTIONS: _options, NODE_COMPILE_CACHE: _cache, ...environment } = process.env;

/** The published packages, as `npm run pack` makes them. They are outside of the workspace, so that none of its files is found by accident. */
export class Tarballs {
  readonly #workFolder: string = mkdtempSync(join(tmpdir(), 'user-activity-packed-'));

  static async pack(): Promise<Tarballs> {
    const tarballs = new Tarballs();
    await tarballs.run(process.execPath, [
      join(root, 'packages/workspace/src/pack/pack.ts'),
      tarballs.#folder('tarballs'),
    ]);
    return tarballs;
  }

  /** Makes the folder of a service, and installs these packages there with npm, without a registry. Returns the folder. */
  async installInto(service: string, packages: readonly string[]): Promise<string> {
    const folder = this.#folder(service);
    writeFileSync(
      join(folder, 'package.json'),
      JSON.stringify({ name: 'service', type: 'module', private: true }),
    );
    const files = packages.map((name) => this.pathOf(name));
    await this.run('npm', ['install', '--offline', '--no-audit', '--no-fund', ...files], folder);
    return folder;
  }

  /** The environment of a service. */
  get environment(): NodeJS.ProcessEnv {
    return { ...environment, HOME: this.#folder('home'), NO_COLOR: '1' };
  }

  /** Runs a program. Returns its standard output. Throws with all its output if it fails. */
  async run(file: string, args: readonly string[], cwd: string = this.#workFolder): Promise<string> {
    const options = { cwd, env: this.environment, encoding: 'utf8' } as const;
    const { stdout } = await promisify(execFile)(file, [...args], options).catch((error: unknown) => {
      const { stdout: out, stderr: err } = error as { stdout?: string; stderr?: string };
      throw new Error(`${file} ${args.join(' ')} failed:\n${out}\n${err}`, { cause: error });
    });
    return stdout;
  }

  remove(): void {
    rmSync(this.#workFolder, { recursive: true, force: true });
  }

  /** Returns the path of the tarball of a package. */
  pathOf(name: string): string {
    const [tarball] = globSync(`${name.replace('@', '').replace('/', '-')}-[0-9]*.tgz`, {
      cwd: this.#folder('tarballs'),
    });
    if (tarball === undefined) throw new Error(`${name} was not packed.`);
    return join(this.#folder('tarballs'), tarball);
  }

  #folder(name: string): string {
    const folder = join(this.#workFolder, name);
    mkdirSync(folder, { recursive: true });
    return folder;
  }
}
