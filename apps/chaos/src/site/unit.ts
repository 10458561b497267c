import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceProcess } from '@user-activity/test-kit';

/** Describes a process that ended without being asked to. */
export interface SelfEnd {
  readonly name: string;
  readonly code: number | null;
  /** Whether it was ready. If so, its end is a violation. */
  readonly wasReady: boolean;
  /** The last 2,000 characters of its output. */
  readonly output: string;
}

const drainMs = 10_000;
const restartMs = 500;

/** Runs one process of an API or a consumer at a time. If the process ends without being asked to, starts a new one. */
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

  /** The URL of the process while it is ready. */
  get url(): string | undefined {
    return this.#url;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** The output of all its processes, one after the other. */
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
    void started.exited.then((code) => this.#ended(started, code));
    const url = await started.ready().catch(() => undefined);
    if (this.#process === started) this.#url = url;
  }

  /** Kills the process. */
  async kill(): Promise<void> {
    await this.#detach()?.end('SIGKILL');
  }

  /**
   * Asks the process to end. Returns a sentence if it ends late or with another code than 0, otherwise undefined. A process that is not
   * ready yet may end with any code.
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
    return `${this.name} ended with ${code} after ${ms} ms: ${process.output.slice(-2000)}`;
  }

  freeze(): void {
    this.#process?.signal('SIGSTOP');
  }

  thaw(): void {
    this.#process?.signal('SIGCONT');
  }

  /** Makes the unit forget its process, so that the end of the process counts as requested. */
  #detach(): ServiceProcess | undefined {
    const process = this.#process;
    this.#shouldRun = false;
    this.#process = undefined;
    this.#url = undefined;
    process?.signal('SIGCONT');
    return process;
  }

  #ended(process: ServiceProcess, code: number | null): void {
    if (this.#process !== process) return;
    const wasReady = this.#url !== undefined;
    this.#process = undefined;
    this.#url = undefined;
    this.#onSelfEnd({ name: this.name, code, wasReady, output: process.output.slice(-2000) });
    // An orchestrator also waits before it restarts a process.
    void delay(restartMs).then(async () => {
      if (this.#shouldRun) await this.start();
    });
  }
}
