import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '@user-activity/test-kit';

/** A program to start. It must print `ready at URL` when it can answer requests, or `ready` if it is not a server. */
export interface Program {
  readonly command: readonly [file: string, ...args: string[]];
  readonly environment: Readonly<Record<string, string>>;
}

const pathOf = (file: string): string => fileURLToPath(new URL(`../../../${file}`, import.meta.url));

/** Returns the command that runs a TypeScript file of this repository. `file` is its path from the root of the repository. */
export const nodeCommand = (file: string): Program['command'] => [
  process.execPath,
  '--conditions=@user-activity/source',
  pathOf(file),
];

// Kills the program when the pipe on file descriptor 3 closes. The pipe closes when this process ends, even by SIGKILL. A line on the pipe
// means that the program has already ended, so there is nothing to kill.
const guardScript = '{ read -r _ <&3 || kill -9 $$; } 2>/dev/null & exec 3<&-; exec "$@"';
const pollMs = 20;
const maxStartMs = 120_000;

/** A running program. Its output goes to a file: reading it from a pipe would need processor time, and slow the program. */
export class ServerProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #folder: ReturnType<typeof temporaryFolder>;
  readonly #outputFile: string;
  #port = 0;

  private constructor({ command, environment }: Program) {
    this.#folder = temporaryFolder('bench');
    this.#outputFile = join(this.#folder.path, 'output');
    // The file is opened for appending, so that it can be truncated while the program runs.
    const output = openSync(this.#outputFile, 'a');
    const folder = { DATA_DIR: join(this.#folder.path, 'data'), PORT: '0' };
    this.#child = spawn('sh', ['-c', guardScript, 'sh', ...command], {
      env: { PATH: process.env['PATH'], ...folder, ...environment },
      stdio: ['ignore', output, output, 'pipe'],
    });
    closeSync(output);
    const [, , , pipe] = this.#child.stdio;
    pipe?.on('error', () => undefined);
    this.#exited = once(this.#child, 'exit').then(() => {
      if (pipe !== null && pipe !== undefined && 'end' in pipe) pipe.end('\n');
    });
  }

  /** Starts a program. Rejects with the output of the program if it ends before it is ready, or is not ready within 2 minutes. */
  static async start(program: Program): Promise<ServerProcess> {
    const server = new ServerProcess(program);
    for (const start = performance.now(); ; ) {
      const ready = /ready at http:\/\/[^\s"]+:(\d+)|^ready$/m.exec(server.#output());
      if (ready !== null) {
        server.#port = Number(ready[1]);
        return server;
      }
      if (server.#hasEnded() || performance.now() - start > maxStartMs) {
        const output = server.#output();
        await server.stop();
        throw new Error(`${program.command.join(' ')} did not become ready:\n${output}`);
      }
      await delay(pollMs);
    }
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('The program could not be started.');
    return this.#child.pid;
  }

  /** The port on which the program listens. NaN if it does not listen. */
  get port(): number {
    return this.#port;
  }

  /** Throws an error with the output of the program if the program has ended. */
  throwIfEnded(): void {
    if (this.#hasEnded()) throw new Error(`The program ended by itself:\n${this.#output()}`);
  }

  /** Empties the output file, to which some programs write a line for each request. */
  clearOutput(): void {
    truncateSync(this.#outputFile);
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
    this.#folder.remove();
  }

  #output(): string {
    return readFileSync(this.#outputFile, 'utf8');
  }

  #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }
}
