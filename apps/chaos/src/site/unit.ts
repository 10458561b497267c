import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceProcess } from '@user-activity/test-kit';

/** How a process of the service ended that nobody had asked to end. */
export interface SelfEnd {
  readonly name: string;
  readonly code: number | null;
  /** Whether it had been ready: then it should not have ended. */
  readonly wasReady: boolean;
  /** The last that it wrote. */
  readonly output: string;
}

const drainMs = 10_000;
const restartMs = 500;

/** A place for one API or consumer: a process at a time, which is started again when it ends by itself. */
export class Unit {
  readonly name: string;
  readonly #start: () => ServiceProcess;
  readonly #onSelfEnd: (end: SelfEnd) => void;
  readonly #processes: ServiceProcess[] = [];
  #process: ServiceProcess | undefined;
  #url: string | undefined;
  #wanted = false;

  constructor(name: string, start: () => ServiceProcess, onSelfEnd: (end: SelfEnd) => void) {
    this.name = name;
    this.#start = start;
    this.#onSelfEnd = onSelfEnd;
  }

  /** Where it is served, while it is. */
  get url(): string | undefined {
    return this.#url;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** All that its processes wrote, one after the other. */
  get output(): string {
    return this.#processes.map(({ output }) => output).join('\n');
  }

  /** Starts a process where there is none; resolves once it is ready, or has ended. */
  async start(): Promise<void> {
    this.#wanted = true;
    if (this.#process !== undefined) return;
    const started = this.#start();
    this.#process = started;
    this.#processes.push(started);
    void started.exited.then((code) => this.#ended(started, code));
    const url = await started.ready().catch(() => undefined);
    if (this.#process === started) this.#url = url;
  }

  /** Ends it without a warning. */
  async kill(): Promise<void> {
    await this.#take()?.end('SIGKILL');
  }

  /** Asks it to end; gives what is wrong with how it did. One that is still starting may end as it likes, but soon. */
  async drain(): Promise<string | undefined> {
    const isReady = this.#url !== undefined;
    const process = this.#take();
    if (process === undefined) return undefined;
    const since = performance.now();
    const late = setTimeout(() => process.signal('SIGKILL'), 2 * drainMs);
    const code = await process.end('SIGTERM').finally(() => clearTimeout(late));
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

  /** From here on its end is one that was asked for. */
  #take(): ServiceProcess | undefined {
    const process = this.#process;
    this.#wanted = false;
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
    // As an orchestrator does.
    void delay(restartMs).then(async () => {
      if (this.#wanted) await this.start();
    });
  }
}
