import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Readable } from 'node:stream';
import { vi } from 'vitest';

export const runScript: readonly string[] = ['packages/workspace/src/run.mjs'];

/** A process that a test started. */
export class Started {
  readonly pid: number;
  readonly code: Promise<number | null>;
  /** Resolves with everything that was printed, once the process and all its children that share its output have ended. */
  readonly output: Promise<string>;
  readonly #waiting: { words: string; resolve: () => void }[] = [];
  #said = '';

  constructor(child: ChildProcessByStdio<null, Readable, Readable>) {
    if (child.pid === undefined) throw new Error('the process did not start');
    this.pid = child.pid;
    this.code = once(child, 'exit').then(([code]: (number | null)[]) => code ?? null);
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (said: string) => {
        this.#said += said;
        for (const { words, resolve } of this.#waiting) if (this.#said.includes(words)) resolve();
      });
    this.output = once(child, 'close').then(() => this.#said);
  }

  /** Resolves with the output so far, once it contains these words. Rejects if the process ends before. */
  async says(words: string): Promise<string> {
    if (this.#said.includes(words)) return this.#said;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ words, resolve });
    const ended = this.output.then((output) => {
      if (!output.includes(words)) throw new Error(`ended without saying "${words}": ${output}`);
    });
    await Promise.race([promise, ended]);
    return this.#said;
  }
}

/**
 * A workspace of a few files with a copy of the real run.mjs. Its `npx` is a fake: it notes that an install began, waits
 * until the file `go` exists, fails if the file `fail` exists, and notes that it is done.
 */
export class TinyWorkspace {
  readonly root: string = mkdtempSync(join(tmpdir(), 'user-activity-run-'));

  constructor() {
    const sources = join(this.root, 'packages', 'workspace', 'src');
    mkdirSync(sources, { recursive: true });
    for (const file of ['run.mjs', 'install.mjs', 'install-lock.mjs', 'dashboard.mjs'])
      cpSync(join(import.meta.dirname, '..', 'src', file), join(sources, file));
    this.write('package.json', JSON.stringify({ type: 'module', packageManager: 'pnpm@0.0.0' }));
    this.write(
      'bin/npx',
      `#!/bin/sh
echo "begun $$" >> installs
while [ ! -e go ]; do sleep 0.05; done
if [ -e fail ]; then echo "GET https://registry.invalid/ failed" >&2; exit 3; fi
mkdir -p node_modules
echo done >> installs
`,
    );
    chmodSync(join(this.root, 'bin', 'npx'), 0o755);
  }

  write(path: string, content: string): void {
    mkdirSync(join(this.root, path, '..'), { recursive: true });
    writeFileSync(join(this.root, path), content);
  }

  /** The notes of the installs, in order: `begun PID`, `done`. */
  get installs(): string[] {
    const file = join(this.root, 'installs');
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  }

  /** Waits until an install began and the lock names it, and resolves with its process id. */
  installBegan(): Promise<number> {
    return vi.waitFor(
      () => {
        const pid = this.installs.at(-1)?.split(' ')[1];
        if (pid === undefined) throw new Error('no install began');
        // The command adds the installer to the lock a moment after its start.
        if (!this.#lock().includes(`"pid":${pid},`)) throw new Error('the lock does not name the install');
        return Number(pid);
      },
      { timeout: 60_000, interval: 20 },
    );
  }

  /** Returns the content of the install lock. */
  #lock(): string {
    const folder = join(this.root, '.cache', 'install-lock');
    const numbered = readdirSync(folder).filter((name) => /^\d+$/.test(name));
    return numbered.map((name) => readFileSync(join(folder, name), 'utf8')).join('');
  }

  /** Writes a dashboard with this source. Its build notes that it ran, and fails if the source is `broken`. */
  writeDashboard(source: string): void {
    const folder = 'packages/dashboard';
    for (const file of ['index.html', 'package.json', '../client/src/index.ts', '../../pnpm-lock.yaml'])
      this.write(`${folder}/${file}`, file.endsWith('.json') ? '{"type":"module"}' : '');
    this.write(`${folder}/src/main.tsx`, source);
    this.write(
      `${folder}/build/build-site.ts`,
      `import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
const source = readFileSync('packages/dashboard/src/main.tsx', 'utf8');
appendFileSync('builds', 'built ');
if (source === 'broken') throw new Error('see https://vite.invalid/');
mkdirSync(process.argv[2], { recursive: true });
writeFileSync(process.argv[2] + '/index.html', source);
`,
    );
  }

  /** The number of builds of the dashboard. */
  get builds(): number {
    const file = join(this.root, 'builds');
    return existsSync(file) ? readFileSync(file, 'utf8').split(' ').length - 1 : 0;
  }

  /** The page of the built dashboard. */
  get builtPage(): string {
    return readFileSync(join(this.root, 'packages/dashboard/site/index.html'), 'utf8');
  }

  get doneInstalls(): number {
    return this.installs.filter((note) => note === 'done').length;
  }

  /** Runs a program of the workspace through run.mjs. */
  run(program: string): Started {
    this.write('program.mjs', program);
    return this.start(process.execPath, [...runScript, 'node', 'program.mjs']);
  }

  /** Runs an empty program, after the build of the dashboard. */
  runWithDashboard(): Started {
    this.write('program.mjs', '');
    return this.start(process.execPath, [...runScript, '--dashboard', 'node', 'program.mjs']);
  }

  /** Runs a program as `run` does, but from a shell that forwards no signals, like the shell of npm. */
  runInShell(program: string): Started {
    this.write('program.mjs', program);
    return this.start('sh', [
      '-c',
      '"$@"; exit $?',
      'sh',
      process.execPath,
      ...runScript,
      'node',
      'program.mjs',
    ]);
  }

  start(file: string, args: readonly string[]): Started {
    const PATH = `${join(this.root, 'bin')}${delimiter}${process.env['PATH']}`;
    const env = { ...process.env, PATH };
    return new Started(spawn(file, args, { cwd: this.root, stdio: ['ignore', 'pipe', 'pipe'], env }));
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
