import { Worker } from 'node:worker_threads';
import { settlesWithin } from '@user-activity/timing';
import { failureFromFault, JobFailure } from './failure.ts';
import type { Job, Outcome, Runners, ThreadSetup } from '../protocol/messages.ts';
import type { Steps } from '../protocol/job-scheduler.ts';

type Input<Jobs extends Runners, Name extends keyof Jobs> = Parameters<Jobs[Name]>[0];

/** The result of a job, whether or not the job runs in steps. */
type Result<Jobs extends Runners, Name extends keyof Jobs> =
  ReturnType<Jobs[Name]> extends Steps<infer Value> ? Value : ReturnType<Jobs[Name]>;

interface ThreadLimits {
  /** The maximum number of messages without a reply. With two, the thread already has the next message when it finishes one. */
  readonly messages: number;
  /** The maximum total weight of the jobs in a message. A heavier job has a message of its own. */
  readonly weight: number;
  /** The maximum number of jobs that wait to be sent. Further jobs are rejected at once. Default: no limit. */
  readonly waiting?: number;
}

/** A reply to a message, with one outcome for each job. */
export interface Reply {
  readonly jobs: readonly Job[];
  readonly outcomes: readonly Outcome[];
  /** The time from sending the message to the reply. It includes the thread's work on earlier messages. */
  readonly seconds: number;
}

interface JobOptions {
  readonly timeoutMs: number;
  /** Default: 1. */
  readonly weight?: number;
  /** Called when the job is sent, or when its time limit ends before that. Until this call, the job's input and weight may grow. */
  readonly onSend?: () => void;
}

interface Pending extends Job {
  readonly options: JobOptions;
  readonly timer: NodeJS.Timeout;
  readonly resolve: (result: unknown) => void;
  readonly reject: (failure: JobFailure) => void;
}

// A disk that hangs must not keep the process from ending.
const closeTimeoutMs = 5000;

/** Sends jobs to a worker thread. Jobs that are submitted while the thread is busy share the next message. */
export class ThreadClient<Jobs extends Runners> {
  readonly #start: (() => Worker) | undefined;
  readonly #limits: ThreadLimits;
  readonly #onReply: (reply: Reply) => void;
  readonly #waiting = new Set<Pending>();
  readonly #sent = new Map<number, Pending>();
  readonly #exited = Promise.withResolvers<void>();
  /** The messages without a reply, oldest first. */
  readonly #messages: { readonly jobs: readonly Job[]; readonly sentAt: number }[] = [];
  #worker: Worker | undefined;
  #isScheduled = false;
  /** Whether the message that ends the thread must still be sent. */
  #isClosing = false;
  #lastId = 0;
  #end: JobFailure | undefined;

  /**
   * `thread` is a started thread, or a function that starts one for the first job. `onReply` is called for each reply, after the
   * promises of its jobs are settled.
   */
  constructor(
    thread: Worker | (() => Worker),
    limits: ThreadLimits,
    onReply: (reply: Reply) => void = () => undefined,
  ) {
    this.#limits = limits;
    this.#onReply = onReply;
    if (typeof thread === 'function') this.#start = thread;
    else this.#listenTo(thread);
  }

  /**
   * Runs a job on the thread and returns its result. Rejects with a `JobFailure` if there is no result. The thread may still finish a
   * job that was rejected because of its time limit.
   */
  submit<Name extends keyof Jobs & string>(
    name: Name,
    input: Input<Jobs, Name>,
    options: JobOptions,
  ): Promise<Result<Jobs, Name>> {
    const { timeoutMs } = options;
    if (this.#end !== undefined) return Promise.reject(this.#end);
    if (this.#waiting.size >= (this.#limits.waiting ?? Number.POSITIVE_INFINITY))
      return Promise.reject(new JobFailure('failed', `its queue of ${this.#limits.waiting} jobs is full`));
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#lastId += 1;
    const id = this.#lastId;
    const timer = setTimeout(() => {
      if (this.#waiting.delete(pending)) options.onSend?.();
      reject(new JobFailure('late', `it took longer than ${timeoutMs} ms`));
    }, timeoutMs);
    const pending: Pending = { id, name, input, options, resolve, reject, timer };
    this.#waiting.add(pending);
    this.#schedule();
    return promise as Promise<Result<Jobs, Name>>;
  }

  /** Throws a `JobFailure` if the thread has ended or is closed. */
  assertAlive(): void {
    if (this.#end !== undefined) throw this.#end;
  }

  /** Rejects all submitted jobs and all later jobs. Ends the thread after its current step. */
  async abandon(): Promise<void> {
    this.#end ??= closedFailure();
    this.#rejectAll(this.#end);
    await this.close();
  }

  /** Rejects later jobs. Ends the thread after all submitted jobs. Returns after at most 5 s, even if the thread hangs. */
  async close(): Promise<void> {
    this.#end ??= closedFailure();
    this.#isClosing = true;
    this.#send();
    if (this.#worker === undefined) return;
    await settlesWithin(closeTimeoutMs, this.#exited.promise);
    this.#worker.unref();
  }

  #listenTo(worker: Worker): void {
    worker.on('message', (outcomes: readonly Outcome[]) => this.#settle(outcomes));
    worker.on('error', (error: unknown) => this.#fail(nameOf(error)));
    worker.on('exit', () => {
      this.#fail('it exited');
      this.#exited.resolve();
    });
    this.#worker = worker;
  }

  /** Starts the thread if there are jobs for it. */
  #startIfNeeded(): void {
    if (this.#worker !== undefined || this.#start === undefined || this.#waiting.size === 0) return;
    try {
      this.#listenTo(this.#start());
    } catch (error) {
      // Node throws if the system has no memory or no thread left for this process.
      this.#fail(nameOf(error));
    }
  }

  #schedule(): void {
    if (this.#isScheduled || this.#messages.length >= this.#limits.messages) return;
    this.#isScheduled = true;
    // All jobs that are submitted in one round of the event loop share a message.
    setImmediate(() => {
      this.#isScheduled = false;
      this.#send();
    });
  }

  #send(): void {
    this.#startIfNeeded();
    const worker = this.#worker;
    if (worker === undefined) return;
    while (this.#waiting.size > 0 && this.#messages.length < this.#limits.messages) {
      const jobs: Job[] = [];
      let weight = 0;
      for (const pending of this.#waiting) {
        weight += pending.options.weight ?? 1;
        if (weight > this.#limits.weight && jobs.length > 0) break;
        pending.options.onSend?.();
        jobs.push({ id: pending.id, name: pending.name, input: pending.input });
        this.#waiting.delete(pending);
        this.#sent.set(pending.id, pending);
      }
      this.#messages.push({ jobs, sentAt: performance.now() });
      worker.postMessage(jobs);
    }
    if (!this.#isClosing || this.#waiting.size > 0) return;
    this.#isClosing = false;
    // The thread handles messages in order, so it ends after the last job.
    worker.postMessage(null);
  }

  #settle(outcomes: readonly Outcome[]): void {
    const message = this.#messages.shift();
    this.#send();
    for (const outcome of outcomes) {
      const pending = this.#sent.get(outcome.id);
      if (pending === undefined) continue;
      this.#sent.delete(outcome.id);
      clearTimeout(pending.timer);
      if ('fault' in outcome) pending.reject(failureFromFault(outcome.fault));
      else pending.resolve(outcome.result);
    }
    if (message !== undefined)
      this.#onReply({ jobs: message.jobs, outcomes, seconds: (performance.now() - message.sentAt) / 1000 });
  }

  #fail(reason: string): void {
    this.#end ??= new JobFailure('ended', `the database thread failed: ${reason}`);
    this.#rejectAll(this.#end);
  }

  #rejectAll(failure: JobFailure): void {
    for (const pending of [...this.#waiting, ...this.#sent.values()]) {
      clearTimeout(pending.timer);
      pending.reject(failure);
    }
    this.#waiting.clear();
    this.#sent.clear();
  }
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown');

const closedFailure = (): JobFailure => new JobFailure('ended', 'the database is closed');

/** With this limit, a thread that has read 100 pages of 4 MiB has a heap of 20 to 40 MiB. With the default, it has 72 MiB. */
const pageLimits = { maxYoungGenerationSizeMb: 8 } as const;

/** Starts a thread. It runs a TypeScript source file, or a built JavaScript file if this module is built too. */
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
