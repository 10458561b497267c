import { Worker } from 'node:worker_threads';
import { failed, JobFailure } from './failure.ts';
import type { Job, Outcome, ThreadSetup } from '../protocol/messages.ts';
import type { Steps } from '../protocol/turns.ts';

/** What a job of that name takes. */
type Input<Jobs, Name extends keyof Jobs> = Jobs[Name] extends (input: infer Value) => unknown
  ? Value
  : never;

/** What a job of that name gives, also where it is done in steps. */
type Output<Jobs, Name extends keyof Jobs> = Jobs[Name] extends (input: never) => infer Value
  ? Value extends Steps<infer Result>
    ? Result
    : Value
  : never;

/** How jobs are put into messages. */
export interface Packing {
  /** Messages that the thread may have at a time: with two it never waits for the next. */
  readonly messages: number;
  /** The most that one message carries, in the weight of its jobs; a heavier job goes alone. */
  readonly weight: number;
  /** The most jobs that wait at a time; more are rejected at once. Without a limit where not given. */
  readonly waiting?: number;
}

/** A message that came to its end. */
export interface Done {
  readonly jobs: readonly Job[];
  readonly outcomes: readonly Outcome[];
  /** Since the thread was given the message; it may have had one more to do before. */
  readonly seconds: number;
}

interface Pending extends Job {
  readonly weight: number;
  readonly timer: NodeJS.Timeout;
  readonly resolve: (result: unknown) => void;
  readonly reject: (failure: JobFailure) => void;
}

// What the thread needs to end cleanly; a disk that hangs must not keep the process from ending.
const farewellMs = 5000;

/** Hands jobs to a thread. While it is busy they gather here, and go as one message when it is free. */
export class ThreadClient<Jobs> {
  readonly #worker: Worker;
  readonly #packing: Packing;
  readonly #onReply: (done: Done) => void;
  readonly #waiting: Set<Pending> = new Set();
  readonly #underWay: Map<number, Pending> = new Map();
  readonly #exited: Promise<void>;
  /** Messages that the thread has, in their order. */
  readonly #messages: { readonly jobs: readonly Job[]; readonly at: number }[] = [];
  #scheduled = false;
  #lastId = 0;
  #end: JobFailure | undefined;
  #drained: PromiseWithResolvers<void> | undefined;

  /** `onReply` is called whenever jobs came to their end, after their promises were settled. */
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

  /** Rejects with a `JobFailure`. A job that is late may be done nevertheless, if the thread had it already. */
  submit<Name extends keyof Jobs & string>(
    name: Name,
    input: Input<Jobs, Name>,
    { timeoutMs, weight = 1 }: { readonly timeoutMs: number; readonly weight?: number },
  ): Promise<Output<Jobs, Name>> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    if (this.#waiting.size >= (this.#packing.waiting ?? Number.POSITIVE_INFINITY))
      return Promise.reject(new JobFailure('failed', 'too many others wait'));
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

  /** Throws the `JobFailure` that all jobs are rejected with, once there is one. */
  assertAlive(): void {
    if (this.#end !== undefined) throw this.#end;
  }

  /** Ends the thread, at its next step, without what it has under way: that is rejected, as later jobs are. */
  async abandon(): Promise<void> {
    this.#end ??= closed();
    this.#rejectAll(this.#end);
    await this.close();
  }

  /** Waits for all jobs that were submitted, then ends the thread. Later jobs are rejected. */
  async close(): Promise<void> {
    this.#end ??= closed();
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, farewellMs);
    });
    await Promise.race([this.#settled(), patience]);
    this.#worker.postMessage(null);
    await Promise.race([this.#exited, patience]);
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
    // What comes in the same turn of the event loop shares the message.
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
    // One that is under way stays in its place: `close` waits for it, and it still counts as the thread's work.
    this.#waiting.delete(pending);
    pending.reject(new JobFailure('late', `it took longer than ${timeoutMs} ms`));
    this.#announceDrained();
  }

  #die(how: string): void {
    this.#end ??= new JobFailure('ended', `the database's thread failed: ${how}`);
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

/** Starts a thread of this package, from its source or from what was built. */
export function startThread(
  name: 'writer/writer-thread' | 'reader/reader-thread' | 'reader/search-thread',
  setup: ThreadSetup,
): Worker {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return new Worker(new URL(`../${name}.${extension}`, import.meta.url), { workerData: setup });
}
