import { Worker } from 'node:worker_threads';
import { failed, JobFailure } from './failure.ts';
import type { Job, Outcome, ThreadSetup } from '../protocol/messages.ts';
import type { Steps } from '../protocol/turns.ts';

/** The input of a job. */
type Input<Jobs, Name extends keyof Jobs> = Jobs[Name] extends (input: infer Value) => unknown
  ? Value
  : never;

/** The result of a job, also of one in steps. */
type Output<Jobs, Name extends keyof Jobs> = Jobs[Name] extends (input: never) => infer Value
  ? Value extends Steps<infer Result>
    ? Result
    : Value
  : never;

/** The limits for messages and waiting jobs. */
export interface Packing {
  /** The maximum number of unanswered messages. With two, the thread never waits for the next. */
  readonly messages: number;
  /** The maximum total weight of the jobs in a message. A heavier job has a message of its own. */
  readonly weight: number;
  /** The maximum number of waiting jobs. More are rejected at once. Default: no limit. */
  readonly waiting?: number;
}

/** A message that was answered. */
export interface Done {
  readonly jobs: readonly Job[];
  readonly outcomes: readonly Outcome[];
  /** The time since the message was sent. The thread may have had another before it. */
  readonly seconds: number;
}

interface Pending extends Job {
  readonly weight: number;
  readonly timer: NodeJS.Timeout;
  readonly resolve: (result: unknown) => void;
  readonly reject: (failure: JobFailure) => void;
}

// A disk that hangs must not keep the process from ending.
const closeTimeoutMs = 5000;

/** Sends jobs to a thread. While the thread is busy, jobs wait here. They share the next message. */
export class ThreadClient<Jobs> {
  readonly #worker: Worker;
  readonly #packing: Packing;
  readonly #onReply: (done: Done) => void;
  readonly #waiting: Set<Pending> = new Set();
  readonly #underWay: Map<number, Pending> = new Map();
  readonly #exited: Promise<void>;
  /** The unanswered messages, in their order. */
  readonly #messages: { readonly jobs: readonly Job[]; readonly at: number }[] = [];
  #scheduled = false;
  #lastId = 0;
  #end: JobFailure | undefined;
  #drained: PromiseWithResolvers<void> | undefined;

  /** `onReply` is called for each answered message, after its jobs were settled. */
  constructor(worker: Worker, packing: Packing, onReply: (done: Done) => void = () => undefined) {
    this.#worker = worker;
    this.#packing = packing;
    this.#onReply = onReply;
    const exited = Promise.withResolvers<void>();
    this.#exited = exited.promise;
    worker.on('message', (outcomes: readonly Outcome[]) => this.#settle(outcomes));
    worker.on('error', (error: unknown) => this.#die(error instanceof Error ? error.name : 'unknown'));
    worker.on('exit', () => {
      this.#die('it ended');
      exited.resolve();
    });
  }

  /** Rejects with a `JobFailure`. A late job may still be done if the thread has it already. */
  submit<Name extends keyof Jobs & string>(
    name: Name,
    input: Input<Jobs, Name>,
    { timeoutMs, weight = 1 }: { readonly timeoutMs: number; readonly weight?: number },
  ): Promise<Output<Jobs, Name>> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    if (this.#waiting.size >= (this.#packing.waiting ?? Number.POSITIVE_INFINITY))
      return Promise.reject(new JobFailure('failed', `${this.#packing.waiting} others wait`));
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#lastId += 1;
    const pending: Pending = {
      id: this.#lastId,
      name,
      input,
      weight,
      resolve,
      reject,
      timer: setTimeout(() => this.#expire(pending, timeoutMs), timeoutMs),
    };
    this.#waiting.add(pending);
    this.#schedule();
    return promise as Promise<Output<Jobs, Name>>;
  }

  /** Throws the `JobFailure` with which every job is rejected, if the thread has ended. */
  assertAlive(): void {
    if (this.#end !== undefined) throw this.#end;
  }

  /** Rejects all jobs, also later ones, and ends the thread after its current step. */
  async abandon(): Promise<void> {
    this.#end ??= closed();
    this.#rejectAll(this.#end);
    await this.close();
  }

  /** Waits for all submitted jobs, then ends the thread. Later jobs are rejected. */
  async close(): Promise<void> {
    this.#end ??= closed();
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, closeTimeoutMs);
    });
    await Promise.race([this.#settled(), timeout]);
    this.#worker.postMessage(null);
    await Promise.race([this.#exited, timeout]);
    clearTimeout(timer);
    this.#worker.unref();
  }

  async #settled(): Promise<void> {
    if (this.#waiting.size + this.#underWay.size === 0) return;
    this.#drained ??= Promise.withResolvers();
    await this.#drained.promise;
  }

  #schedule(): void {
    if (this.#scheduled || this.#messages.length >= this.#packing.messages) return;
    this.#scheduled = true;
    // Jobs of one turn of the event loop share a message.
    setImmediate(() => {
      this.#scheduled = false;
      this.#send();
    });
  }

  #send(): void {
    while (this.#waiting.size > 0 && this.#messages.length < this.#packing.messages) {
      const jobs: Job[] = [];
      let weight = 0;
      for (const pending of this.#waiting) {
        weight += pending.weight;
        if (weight > this.#packing.weight && jobs.length > 0) break;
        jobs.push({ id: pending.id, name: pending.name, input: pending.input });
        this.#waiting.delete(pending);
        this.#underWay.set(pending.id, pending);
      }
      this.#messages.push({ jobs, at: performance.now() });
      this.#worker.postMessage(jobs);
    }
  }

  #settle(outcomes: readonly Outcome[]): void {
    const message = this.#messages.shift();
    this.#send();
    for (const outcome of outcomes) {
      const pending = this.#underWay.get(outcome.id);
      if (pending === undefined) continue;
      this.#underWay.delete(outcome.id);
      clearTimeout(pending.timer);
      if ('fault' in outcome) pending.reject(failed(outcome.fault));
      else pending.resolve(outcome.result);
    }
    if (message !== undefined)
      this.#onReply({ jobs: message.jobs, outcomes, seconds: (performance.now() - message.at) / 1000 });
    this.#announceDrained();
  }

  #expire(pending: Pending, timeoutMs: number): void {
    // A job that the thread has stays in its message: `close` waits for it.
    this.#waiting.delete(pending);
    pending.reject(new JobFailure('late', `it took longer than ${timeoutMs} ms`));
    this.#announceDrained();
  }

  #die(reason: string): void {
    this.#end ??= new JobFailure('ended', `the database's thread failed: ${reason}`);
    this.#rejectAll(this.#end);
  }

  #rejectAll(failure: JobFailure): void {
    for (const pending of [...this.#waiting, ...this.#underWay.values()]) {
      clearTimeout(pending.timer);
      pending.reject(failure);
    }
    this.#waiting.clear();
    this.#underWay.clear();
    this.#announceDrained();
  }

  #announceDrained(): void {
    if (this.#waiting.size + this.#underWay.size === 0) this.#drained?.resolve();
  }
}

const closed = (): JobFailure => new JobFailure('ended', 'the database is closed');

/** A thread that has made a hundred pages of 4 MiB keeps a heap of 20 to 40 MiB with this limit, 72 MiB with the default. */
const pageLimits = { maxYoungGenerationSizeMb: 8 } as const;

/** Starts a thread of this package, from its source or its build. */
export function startThread(
  name: 'writer/writer-thread' | 'reader/reader-thread' | 'reader/search-thread',
  setup: ThreadSetup,
): Worker {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return new Worker(new URL(`../${name}.${extension}`, import.meta.url), {
    workerData: setup,
    resourceLimits: name === 'reader/reader-thread' ? pageLimits : {},
  });
}
