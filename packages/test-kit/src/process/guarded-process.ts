import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';

// The guard is a shell script that starts the server. It kills the server when the pipe on fd 3 closes, as it does when this process
// ends, even by SIGKILL. It first writes the server's pid to that pipe.
const guard = `
"$@" </dev/null 3<&- & pid=$!
echo $pid >&3
(while read -r _; do :; done; kill -9 $pid 2>/dev/null) <&3 & watch=$!
exec 3<&-
trap 'kill $pid' TERM INT
# A signal ends the wait before the server has ended.
while :; do wait $pid; code=$?; kill -0 $pid 2>/dev/null || break; done
kill $watch 2>/dev/null
exit $code`;
const maxLines = 40;

/** A server process that ends within a second of this process, however this process ends. */
export class GuardedProcess {
  readonly #child: ChildProcess;
  readonly #name: string;
  readonly #lines: string[] = [];
  readonly #exited: Promise<unknown>;
  #server: number | undefined;

  constructor(name: string, file: string, args: readonly string[], cwd: string) {
    this.#name = name;
    this.#child = spawn('sh', ['-c', guard, 'sh', file, ...args], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      // Its own process group, so that a signal reaches all of it.
      detached: true,
    });
    this.#exited = once(this.#child, 'exit');
    const pipe = this.#child.stdio[3];
    if (pipe instanceof Socket) pipe.once('data', (pid) => (this.#server = Number(pid.toString())));
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8');
      stream?.on('data', (text: string) => {
        this.#lines.push(...text.split('\n').filter((line) => line !== ''));
        this.#lines.splice(0, this.#lines.length - maxLines);
      });
    }
  }

  /** Settles as `ready` does. Rejects with the last lines of the server's output if the server ends first. */
  async until<Value>(ready: Promise<Value>): Promise<Value> {
    const endedEarly = this.#exited.then(() => {
      throw new Error(`${this.#name} ended before it was ready:\n${this.#lines.join('\n')}`);
    });
    return Promise.race([ready, endedEarly]);
  }

  /** Sends a signal to the server and the guard. SIGSTOP goes only to the server: a stopped guard could not kill it. */
  signal(signal: NodeJS.Signals): void {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    if (signal !== 'SIGSTOP') process.kill(-pid, signal);
    else if (this.#server === undefined) throw new Error(`${this.#name} has not started yet.`);
    else process.kill(this.#server, signal);
  }

  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Sends a signal that ends the server, and waits for its end. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.signal(signal);
    await this.#exited;
  }
}
