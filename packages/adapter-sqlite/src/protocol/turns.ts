import { type Fault, faultOf, type Job, type Outcome } from './messages.ts';

/** A job in steps. It returns its result. */
export type Steps<Result> = Generator<undefined, Result, undefined>;

/** A job with a deadline, in the time of `monotonicNow`. It is abandoned after that. */
export interface Timed {
  readonly deadline: number;
  /** Whether the job reads rows. New jobs that read only an index are tried before those. */
  readonly readsRows?: boolean;
}

/** The functions of a thread that runs jobs in steps, by the names of the jobs. */
export type StepRunners = Readonly<Record<string, (input: never) => Steps<unknown>>>;

/** Returns milliseconds of a clock that never jumps and that all threads of the process share. */
export const monotonicNow = (): number => performance.timeOrigin + performance.now();

interface Started {
  readonly id: number;
  readonly deadline: number;
  readonly readsRows: boolean;
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
 * done then, it moves to a line, where each job runs to its end before the next. New jobs and the line have every other step.
 */
export class Turns {
  readonly #runners: StepRunners;
  readonly #now: () => number;
  readonly #new: Started[] = [];
  readonly #line: Started[] = [];
  #isLineNext = false;

  constructor(runners: StepRunners, now: () => number = monotonicNow) {
    this.#runners = runners;
    this.#now = now;
  }

  get empty(): boolean {
    return this.#new.length + this.#line.length === 0;
  }

  add({ id, name, input }: Job): void {
    const runner = this.#runners[name];
    if (runner === undefined) throw new Error(`There is no job ${name}.`);
    const { deadline, readsRows = false } = input as Timed;
    const begin = () => runner(input as never);
    const place = readsRows ? this.#new.length : this.#new.findLastIndex((job) => !job.readsRows) + 1;
    this.#new.splice(place, 0, { id, deadline, readsRows, begin, steps: undefined, spentMs: 0 });
  }

  /** Does the next step. Returns the outcome of its job, or undefined if the job has further steps. */
  step(): Outcome | undefined {
    const isLong = this.#new.length === 0 || (this.#isLineNext && this.#line.length > 0);
    this.#isLineNext = !isLong;
    const job = (isLong ? this.#line : this.#new).shift();
    if (job === undefined) return undefined;
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
    if (isLong) this.#line.unshift(next);
    else if (next.spentMs < trialMs) this.#new.unshift(next);
    else this.#toLine(next);
    return undefined;
  }

  /** Forgets all jobs. */
  clear(): void {
    this.#new.length = 0;
    this.#line.length = 0;
  }

  /** A job that has to wait begins again when its time comes, as a thousand parts of answers would fill the memory. */
  #toLine(job: Started): void {
    this.#line.push(this.#line.length === 0 ? job : { ...job, steps: undefined });
    this.#isLineNext = false;
  }
}
