import { type Fault, faultOf, type Job, type Outcome } from './messages.ts';

/** Work in steps; what it returns is its result. */
export type Steps<Result> = Generator<undefined, Result, undefined>;

/** What has to be done by a time of `sharedNow`; after that it is no longer wanted. */
export interface Timed {
  readonly until: number;
}

/** The runners of a thread that takes turns, by the names of its jobs. */
export type StepRunners = Readonly<Record<string, (input: never) => Steps<unknown>>>;

/** Milliseconds on a clock that never jumps and that all threads of the process share. */
export const sharedNow = (): number => performance.timeOrigin + performance.now();

interface Started {
  readonly id: number;
  readonly until: number;
  readonly steps: Steps<unknown>;
}

const late: Fault = { code: undefined, text: 'it took longer than it may', late: true };

/** Jobs that take turns, a step at a time: a long one holds up a short one by no more than its steps. */
export class Turns {
  readonly #runners: StepRunners;
  readonly #started: Started[] = [];

  constructor(runners: StepRunners) {
    this.#runners = runners;
  }

  get empty(): boolean {
    return this.#started.length === 0;
  }

  add({ id, name, input }: Job): void {
    const runner = this.#runners[name];
    if (runner === undefined) throw new Error(`There is no job ${name}.`);
    this.#started.push({ id, until: (input as Timed).until, steps: runner(input as never) });
  }

  /** Does one step of the job whose turn it is. The outcome, where it came to its end; undefined where it did not. */
  step(): Outcome | undefined {
    const job = this.#started.shift();
    if (job === undefined) return undefined;
    const { id, until, steps } = job;
    if (sharedNow() > until) return { id, fault: late };
    try {
      const { done, value } = steps.next();
      if (done === true) return { id, result: value };
    } catch (error) {
      return { id, fault: faultOf(error) };
    }
    this.#started.push(job);
    return undefined;
  }

  /** Forgets all of them. */
  clear(): void {
    this.#started.length = 0;
  }
}
