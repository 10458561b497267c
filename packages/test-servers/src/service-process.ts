import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const mainOf = (app: string): string =>
  fileURLToPath(new URL(`../../../apps/${app}/src/main.ts`, import.meta.url));

/** How a process of the service is started. */
export interface ServiceOptions {
  /** `standalone` where not given. */
  readonly app?: 'standalone' | 'api' | 'consumer';
  /** The `DATA_DIR`. */
  readonly folder?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** The largest file that it may write, in KiB: a disk that is full sooner than the others. */
  readonly mostFileKiB?: number;
}

/** A process of the service as an operator starts it, and a hand on its process. */
export class ServiceProcess {
  readonly #child: ChildProcess;
  readonly #output: string[] = [];
  readonly #exited: Promise<number | null>;
  #heard: PromiseWithResolvers<void> = Promise.withResolvers();

  constructor({ app = 'standalone', folder, environment = {}, mostFileKiB }: ServiceOptions) {
    const env = { PATH: process.env['PATH'], PORT: '0', DATA_DIR: folder, NO_COLOR: '1', ...environment };
    const flags = ['--conditions=@user-activity/source', '--disable-warning=TimeoutNegativeWarning'];
    const node = [process.execPath, ...flags, mainOf(app)];
    // A process that is not killed by SIGXFSZ gets EFBIG, which is to SQLite what a full disk is.
    const shell = ['sh', '-c', `trap '' XFSZ; ulimit -f ${mostFileKiB ?? 0}; exec "$@"`, 'sh', ...node];
    const [file = '', ...args] = mostFileKiB === undefined ? node : shell;
    this.#child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8');
      stream?.on('data', (text: string) => {
        this.#output.push(text);
        this.#heard.resolve();
        this.#heard = Promise.withResolvers();
      });
    }
    this.#exited = once(this.#child, 'close').then(([code]) => {
      this.#heard.resolve();
      return code as number | null;
    });
  }

  /** All that it wrote so far. */
  get output(): string {
    return this.#output.join('');
  }

  /** Its exit code, null when a signal ended it. */
  get exited(): Promise<number | null> {
    return this.#exited;
  }

  /** The URL, once it is ready. Rejects with its output when it ends before. */
  async ready(): Promise<string> {
    for (;;) {
      const [, url] = /ready at (http:\/\/[^"\s]+)/.exec(this.output) ?? [];
      if (url !== undefined) return url;
      if (this.#child.exitCode !== null || this.#child.signalCode !== null)
        throw new Error(`It ended before it was ready:\n${this.output}`);
      await this.#heard.promise;
    }
  }

  /** Sends the signal; resolves with the exit code. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.#child.kill(signal);
    return this.#exited;
  }
}
