import { type Fault, faultOf, type Job, type Outcome } from './messages.ts';

/** A job in steps. It returns its result. */
export type Steps<Result> = Generator<undefined, Result, undefined>;

/** A job with a deadline, in the time of `monotonicNow`. It is abandoned after that. */
export interface Timed {
  readonly deadline: number;
  /** Whether the job reads rows. Such new jobs hold up none that reads only an index. */
  readonly readsRows?: boolean;
}

/** The functions of a thread that runs jobs in steps, by the names of the jobs. */
export type StepRunners = Readonly<Record<string, (input: never) => Steps<unknown>>>;

/** Returns milliseconds of a clock that never jumps and that all threads of the process share. */
export const monotonicNow = (): number => performance.timeOrigin + performance.now();

interface Started {
  readonly id: number;
  readonly deadline: number;
  readonly begin: () => Steps<unknown>;
  /** Undefined before the first step. */
  readonly steps: Steps<unknown> | undefined;
  readonly spentMs: number;
}

/** A job that is not done after this time counts as long. It suffices to count 100,000 keys of an index. */
export const trialMs = 10;

const lateFault: Fault = { code: undefined, text: 'it exceeded its time limit', isLate: true };

/**
 * Runs jobs in steps, so that long jobs hold up no short ones, however many there are. Each new job is tried for `trialMs`. If it is not
 * done then, it moves to a line, where each job runs to its end before the next. New jobs that read only an index, new jobs that read
 * rows, and the line have a step each in turn.
 */
export class Turns {
  readonly #runners: StepRunners;
  readonly #now: () => number;
  readonly #ofIndex: Started[] = [];
  readonly #ofRows: Started[] = [];
  readonly #line: Started[] = [];
  /** The three queues, in the order of their turns. */
  #queues: readonly Started[][] = [this.#ofIndex, this.#ofRows, this.#line];

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
    const { deadline, readsRows = false } = input as Timed;
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
    if (queue === this.#line || next.spentMs < trialMs) queue.unshift(next);
    else {
      // A job that has to wait begins again when its time comes, as a thousand parts of answers would fill the memory.
      this.#line.push(this.#line.length === 0 ? next : { ...next, steps: undefined });
      this.#endTurn(this.#line);
    }
    return undefined;
  }

  /** Forgets all jobs. */
  clear(): void {
    for (const queue of this.#queues) queue.length = 0;
  }

  #endTurn(queue: Started[]): void {
    this.#queues = [...this.#queues.filter((other) => other !== queue), queue];
  }
}
