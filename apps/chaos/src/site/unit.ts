import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceProcess } from '@user-activity/test-kit';

/** The end of a process that the harness did not stop. */
export interface SelfEnd {
  readonly name: string;
  readonly code: number | null;
  /** Whether the process was ready before it ended. If it was, its end is a violation. */
  readonly wasReady: boolean;
  /** The last 2,000 characters of the output of the process. */
  readonly output: string;
}

const drainMs = 10_000;
const restartMs = 500;

/** Runs an API or a consumer as one process at a time. If the process ends by itself, starts a new one, as an orchestrator does. */
export class Unit {
  readonly name: string;
  readonly #start: () => ServiceProcess;
  readonly #onSelfEnd: (end: SelfEnd) => void;
  readonly #processes: ServiceProcess[] = [];
  #process: ServiceProcess | undefined;
  #url: string | undefined;
  #shouldRun = false;

  constructor(name: string, start: () => ServiceProcess, onSelfEnd: (end: SelfEnd) => void) {
    this.name = name;
    this.#start = start;
    this.#onSelfEnd = onSelfEnd;
  }

  /** The URL of the process while the process is ready; otherwise undefined. */
  get url(): string | undefined {
    return this.#url;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** The output of all processes of the unit, one after the other. */
  get output(): string {
    return this.#processes.map(({ output }) => output).join('\n');
  }

  /** Starts a process if there is none. Resolves once the process is ready or has ended. */
  async start(): Promise<void> {
    this.#shouldRun = true;
    if (this.#process !== undefined) return;
    const started = this.#start();
    this.#process = started;
    this.#processes.push(started);
    void started.exited.then((code) => this.#handleExit(started, code));
    const url = await started.ready().catch(() => undefined);
    if (this.#process === started) this.#url = url;
  }

  async kill(): Promise<void> {
    await this.#detach()?.end('SIGKILL');
  }

  /**
   * Ends the process by SIGTERM. Returns a sentence about the fault if this takes more than 10 s or if the exit code is not 0; otherwise
   * undefined. A process that is not ready yet may end with any exit code.
   */
  async drain(): Promise<string | undefined> {
    const isReady = this.#url !== undefined;
    const process = this.#detach();
    if (process === undefined) return undefined;
    const since = performance.now();
    const killTimer = setTimeout(() => process.signal('SIGKILL'), 2 * drainMs);
    const code = await process.end('SIGTERM').finally(() => clearTimeout(killTimer));
    const ms = Math.round(performance.now() - since);
    if ((code === 0 || !isReady) && ms <= drainMs) return undefined;
    return `${this.name} ended with exit code ${code}, ${ms} ms after SIGTERM: ${process.output.slice(-2000)}`;
  }

  freeze(): void {
    this.#process?.signal('SIGSTOP');
  }

  thaw(): void {
    this.#process?.signal('SIGCONT');
  }

  /** Removes the process from the unit, so that its exit is not reported as a `SelfEnd`. Resumes the process if it is frozen. */
  #detach(): ServiceProcess | undefined {
    const process = this.#process;
    this.#shouldRun = false;
    this.#process = undefined;
    this.#url = undefined;
    process?.signal('SIGCONT');
    return process;
  }

  #handleExit(process: ServiceProcess, code: number | null): void {
    if (this.#process !== process) return;
    const wasReady = this.#url !== undefined;
    this.#process = undefined;
    this.#url = undefined;
    this.#onSelfEnd({ name: this.name, code, wasReady, output: process.output.slice(-2000) });
    // Orchestrators also wait before they restart a process.
    void delay(restartMs).then(async () => {
      if (this.#shouldRun) await this.start();
    });
  }
}
