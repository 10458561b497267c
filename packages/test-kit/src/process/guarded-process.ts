import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';

// The guard is a shell script that starts the server. It writes the server's pid to the pipe on fd 3, and kills the server when the pipe
// closes. The pipe closes when this process ends, even by SIGKILL.
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

/** A server process. It ends at most a second after this process, however this process ends. */
export class GuardedProcess {
  readonly #child: ChildProcess;
  readonly #name: string;
  readonly #lastLines: string[] = [];
  readonly #exited: Promise<unknown>;
  #serverPid: number | undefined;

  constructor(name: string, file: string, args: readonly string[], cwd: string) {
    this.#name = name;
    this.#child = spawn('sh', ['-c', guard, 'sh', file, ...args], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      // The guard and the server get their own process group, so that a signal reaches both.
      detached: true,
    });
    this.#exited = once(this.#child, 'exit');
    const pipe = this.#child.stdio[3];
    if (pipe instanceof Socket) pipe.once('data', (pid) => (this.#serverPid = Number(pid.toString())));
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8');
      stream?.on('data', (text: string) => {
        this.#lastLines.push(...text.split('\n').filter((line) => line !== ''));
        this.#lastLines.splice(0, this.#lastLines.length - maxLines);
      });
    }
  }

  /** Settles as `ready` does. If the server ends before that, rejects with the last lines of its output. */
  async until<Value>(ready: Promise<Value>): Promise<Value> {
    const endedEarly = this.#exited.then(() => {
      throw new Error(`${this.#name} ended before it was ready:\n${this.#lastLines.join('\n')}`);
    });
    return Promise.race([ready, endedEarly]);
  }

  /** Sends a signal to the server and the guard. SIGSTOP goes only to the server: a stopped guard could not kill it. */
  signal(signal: NodeJS.Signals): void {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    if (signal !== 'SIGSTOP') process.kill(-pid, signal);
    else if (this.#serverPid === undefined) throw new Error(`${this.#name} has not started yet.`);
    else process.kill(this.#serverPid, signal);
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
