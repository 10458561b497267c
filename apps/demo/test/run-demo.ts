import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** A demo that runs as a process. */
export class RunningDemo {
  readonly exited: Promise<number | null>;
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  #output = '';
  #next: PromiseWithResolvers<void> = Promise.withResolvers();

  constructor(args: readonly string[]) {
    this.#child = spawn(process.execPath, ['--conditions=@user-activity/source', main, ...args], {
      env: {
        PATH: process.env['PATH'],
        NO_COLOR: '1',
        CI: 'true',
        NODE_OPTIONS: '--conditions=@user-activity/source',
        // The demo must not pass these on, because the service would then use another deployment.
        KAFKA_BROKERS: '127.0.0.1:1',
        MONGODB_URI: 'mongodb://127.0.0.1:1',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
        this.#next.resolve();
        this.#next = Promise.withResolvers();
      });
    this.exited = once(this.#child, 'close').then(([code]) => {
      this.#next.resolve();
      return code as number | null;
    });
  }

  get output(): string {
    return this.#output;
  }

  /** Resolves with the first match of the output. Rejects with the output if the demo ends before. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#output);
      if (match !== null) return match;
      if (this.#child.exitCode !== null || this.#child.signalCode !== null)
        throw new Error(`The demo ended before it said ${pattern}:\n${this.#output}`);
      await this.#next.promise;
    }
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.#child.kill(signal);
    return this.exited;
  }
}
