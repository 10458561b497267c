import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { Writable } from 'node:stream';

const root = join(import.meta.dirname, '..', '..', '..', '..');
const absolutePath = (file: string): string => resolve(root, file);

/** Options of a process of the service. */
export interface ServiceOptions {
  /** The app to run. Default: `standalone`. */
  readonly app?: 'standalone' | 'api' | 'consumer';
  /** The program to run instead of `app`, as an absolute path or one from the root of the repository. */
  readonly main?: string;
  /** The arguments of the program. */
  readonly args?: readonly string[];
  /** The folder of the service's data, `DATA_DIR`. */
  readonly folder?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** A module to load before the service. */
  readonly preload?: string;
  /** The maximum size of a file that the process writes, in KiB. A larger file fails as on a full disk. Default: no limit. */
  readonly maxFileKiB?: number;
}

// The guard kills the service when the pipe on fd 3 closes: that is when this process ends, even by SIGKILL. A line on the pipe means that
// the service has already ended. `exec` replaces the shell with the service, so the service gets the signals and sets the exit code.
const guard = '{ read -r _ <&3 || kill -9 $$; } 2>/dev/null & exec 3<&-; exec "$@"';

/** A process of the service, started as an operator would start it. It ends when the test process ends. */
export class ServiceProcess {
  readonly #child: ChildProcess;
  readonly #output: string[] = [];
  readonly #exited: Promise<number | null>;
  #nextOutput: PromiseWithResolvers<void> = Promise.withResolvers();

  constructor(options: ServiceOptions) {
    const { app = 'standalone', main = `apps/${app}/src/main.ts` } = options;
    const { args = [], folder, environment = {}, preload, maxFileKiB } = options;
    const env = {
      PATH: process.env['PATH'],
      PORT: '0',
      DATA_DIR: folder,
      NO_COLOR: '1',
      NODE_COMPILE_CACHE: absolutePath('.cache/compiled'),
      ...environment,
    };
    const flags = ['--conditions=@user-activity/source'];
    const preloadFlags = preload === undefined ? [] : ['--import', preload];
    const command = [process.execPath, ...flags, ...preloadFlags, absolutePath(main), ...args];
    // A process that ignores SIGXFSZ gets EFBIG, which SQLite reports as a full disk.
    const fileSizeLimit = maxFileKiB === undefined ? '' : `trap '' XFSZ; ulimit -f ${maxFileKiB}; `;
    this.#child = spawn('sh', ['-c', fileSizeLimit + guard, 'sh', ...command], {
      env,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    const pipe = this.#child.stdio[3];
    if (pipe instanceof Writable) {
      pipe.on('error', () => undefined);
      this.#child.once('exit', () => pipe.end('\n'));
    }
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8');
      stream?.on('data', (text: string) => {
        this.#output.push(text);
        this.#nextOutput.resolve();
        this.#nextOutput = Promise.withResolvers();
      });
    }
    this.#exited = once(this.#child, 'close').then(([code]) => {
      this.#nextOutput.resolve();
      return code as number | null;
    });
  }

  /** All standard output and standard error of the process until now. */
  get output(): string {
    return this.#output.join('');
  }

  /** The process id. */
  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('The process could not be started.');
    return this.#child.pid;
  }

  /** Resolves with the exit code, or null if a signal ended the process. */
  get exited(): Promise<number | null> {
    return this.#exited;
  }

  /** Resolves with the URL when the service is ready. If the service ends before that, rejects with its output. */
  async ready(): Promise<string> {
    for (;;) {
      const [, url] = /ready at (http:\/\/[^"\s]+)/.exec(this.output) ?? [];
      if (url !== undefined) return url;
      if (this.#child.exitCode !== null || this.#child.signalCode !== null)
        throw new Error(`The service ended before it was ready:\n${this.output}`);
      await this.#nextOutput.promise;
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Sends a signal, and resolves with the exit code. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.signal(signal);
    return this.#exited;
  }
}
