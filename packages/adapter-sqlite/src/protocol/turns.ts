import { type Fault, faultOf, type Job, type Outcome } from './messages.ts';

/** A job in steps. It returns its result. */
export type Steps<Result> = Generator<undefined, Result, undefined>;

/** A job with a deadline, in the time of `monotonicNow`. The job is abandoned after its deadline. */
export interface TimedJob {
  readonly deadline: number;
  /** Whether the job reads rows. New jobs that read rows do not delay jobs that read only an index. */
  readonly readsRows?: boolean;
}

/** The functions of a thread that runs jobs in steps, by the names of the jobs. */
export type StepRunners = Readonly<Record<string, (input: never) => Steps<unknown>>>;

/** Returns milliseconds of a clock that never jumps and that all threads of the process share. */
export const monotonicNow = (): number => performance.timeOrigin + performance.now();

interface QueuedJob {
  readonly id: number;
  readonly deadline: number;
  readonly begin: () => Steps<unknown>;
  /** Undefined before the first step. */
  readonly steps: Steps<unknown> | undefined;
  readonly spentMs: number;
}

/** A job that is not done after this time counts as long. In this time, a job can count 100,000 keys of an index. */
export const trialMs = 10;

const lateFault: Fault = { code: undefined, text: 'it exceeded its time limit', isLate: true };

/**
 * Runs jobs in steps, so that long jobs do not delay short ones, however many long jobs there are. A new job first runs for up to
 * `trialMs`. If it is not done by then, it moves to the queue of long jobs, where each job runs to its end before the next one. There are
 * three queues: new jobs that read only an index, new jobs that read rows, and long jobs. They take turns, one step each.
 */
export class Turns {
  readonly #runners: StepRunners;
  readonly #now: () => number;
  readonly #ofIndex: QueuedJob[] = [];
  readonly #ofRows: QueuedJob[] = [];
  readonly #longJobs: QueuedJob[] = [];
  /** The three queues, in the order of their turns. */
  #queues: readonly QueuedJob[][] = [this.#ofIndex, this.#ofRows, this.#longJobs];

  constructor(runners: StepRunners, now: () => number = monotonicNow) {
    this.#runners = runners;
    this.#now = now;
  }

  get empty(): boolean {
    return this.#queues.every(({ length }) => length === 0);
  }

  add({ id, name, input }: Job): void {
    const runner = this.#runners[name];
    if (runner === undefined) throw new Error(`There is no job ${name}.`);
    const { deadline, readsRows = false } = input as TimedJob;
    const begin = () => runner(input as never);
    (readsRows ? this.#ofRows : this.#ofIndex).push({ id, deadline, begin, steps: undefined, spentMs: 0 });
  }

  /** Does the next step. Returns the outcome of its job, or undefined if the job has further steps. */
  step(): Outcome | undefined {
    const queue = this.#queues.find(({ length }) => length > 0);
    const job = queue?.shift();
    if (queue === undefined || job === undefined) return undefined;
    this.#endTurn(queue);
    const { id, deadline, begin, steps = begin() } = job;
    const begunAt = this.#now();
    if (begunAt > deadline) return { id, fault: lateFault };
    try {
      const { done, value } = steps.next();
      if (done === true) return { id, result: value };
    } catch (error) {
      return { id, fault: faultOf(error) };
    }
    const next = { ...job, steps, spentMs: job.spentMs + this.#now() - begunAt };
    if (queue === this.#longJobs || next.spentMs < trialMs) queue.unshift(next);
    else {
      // A job that must wait starts again later: the partial results of a thousand jobs would fill the memory.
      this.#longJobs.push(this.#longJobs.length === 0 ? next : { ...next, steps: undefined });
      this.#endTurn(this.#longJobs);
    }
    return undefined;
  }

  /** Forgets all jobs. */
  clear(): void {
    for (const queue of this.#queues) queue.length = 0;
  }

  #endTurn(queue: QueuedJob[]): void {
    this.#queues = [...this.#queues.filter((each) => each !== queue), queue];
  }
}
