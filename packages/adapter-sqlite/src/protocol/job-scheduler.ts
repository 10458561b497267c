import { type Fault, faultFromError, type Job, type Outcome } from './messages.ts';

/** A job in steps. The generator yields after each step, and returns the result of the job. */
export type Steps<Result> = Generator<undefined, Result, undefined>;

/** The part of a job's input that the scheduler reads. */
export interface TimedJob {
  /** The time at which the job fails if it is not done, in milliseconds on the clock of `monotonicNow`. */
  readonly deadline: number;
  /** Whether the job reads rows, and not only an index. Default: false. */
  readonly readsRows?: boolean;
}

/** Returns the time in milliseconds, on a clock that never goes back. All threads of the process share this clock. */
export const monotonicNow = (): number => performance.timeOrigin + performance.now();

interface QueuedJob {
  readonly job: Job;
  /** Undefined before the first step. */
  readonly steps: Steps<unknown> | undefined;
  readonly spentMs: number;
}

/** The run time, in milliseconds, after which a job is a long job. In this time, a job can count 100,000 index keys. */
export const trialMs = 10;

const lateFault: Fault = { code: undefined, text: 'it exceeded its time limit', isLate: true };

/**
 * Runs jobs in steps, so that long jobs do not delay short jobs. It has three queues: new jobs that read only an index, new jobs that
 * read rows, and long jobs. The queues take turns, one step each. A new job becomes a long job after `trialMs`. Each queue runs its
 * first job to the end before the next one.
 */
export class JobScheduler {
  readonly #start: (job: Job) => Steps<unknown>;
  readonly #now: () => number;
  readonly #indexJobs: QueuedJob[] = [];
  readonly #rowJobs: QueuedJob[] = [];
  readonly #longJobs: QueuedJob[] = [];
  /** The three queues. The next step belongs to the first queue that is not empty. */
  #queues: readonly QueuedJob[][] = [this.#indexJobs, this.#rowJobs, this.#longJobs];

  constructor(start: (job: Job) => Steps<unknown>, now: () => number = monotonicNow) {
    this.#start = start;
    this.#now = now;
  }

  get isEmpty(): boolean {
    return this.#queues.every(({ length }) => length === 0);
  }

  add(job: Job): void {
    const { readsRows = false } = job.input as TimedJob;
    (readsRows ? this.#rowJobs : this.#indexJobs).push({ job, steps: undefined, spentMs: 0 });
  }

  /** Runs the next step. Returns the outcome of its job, or undefined if the job has further steps. */
  step(): Outcome | undefined {
    const queue = this.#queues.find(({ length }) => length > 0);
    const queued = queue?.shift();
    if (queue === undefined || queued === undefined) return undefined;
    this.#moveToEnd(queue);
    const { id, input } = queued.job;
    const startedAt = this.#now();
    if (startedAt > (input as TimedJob).deadline) return { id, fault: lateFault };
    try {
      const steps = queued.steps ?? this.#start(queued.job);
      const { done, value } = steps.next();
      if (done === true) return { id, result: value };
      this.#requeue(queue, { ...queued, steps, spentMs: queued.spentMs + this.#now() - startedAt });
    } catch (error) {
      return { id, fault: faultFromError(error) };
    }
    return undefined;
  }

  clear(): void {
    for (const queue of this.#queues) queue.length = 0;
  }

  #requeue(queue: QueuedJob[], queued: QueuedJob): void {
    if (queue === this.#longJobs || queued.spentMs < trialMs) {
      queue.unshift(queued);
      return;
    }
    // A long job that must wait is later restarted from its beginning, because the partial results of 1,000 jobs would fill the heap.
    this.#longJobs.push(this.#longJobs.length === 0 ? queued : { ...queued, steps: undefined });
    this.#moveToEnd(this.#longJobs);
  }

  #moveToEnd(queue: QueuedJob[]): void {
    this.#queues = [...this.#queues.filter((candidate) => candidate !== queue), queue];
  }
}
