/** The event loop of the platform, and a clock in milliseconds that never goes back. */
export interface EventLoop {
  /** Calls `resume` in the next round of the loop, after all pending work. */
  readonly defer: (resume: () => void) => void;
  readonly now: () => number;
}

const turnMs = 10;
const smallTaskBytes = 64 * 1024;

/** Shares the event loop between long tasks, first come, first served: each round of the loop gives one waiting task a turn. */
export class Turns {
  readonly #loop: EventLoop;
  readonly #waiting: (() => void)[] = [];
  #isPassing = false;

  constructor(loop: EventLoop) {
    this.#loop = loop;
  }

  /** Registers a new task. Its first turn begins when `next` resolves. */
  begin(): Turn {
    return new Turn(this.#loop.now, (resume) => this.#wait(resume));
  }

  #wait(resume: () => void): void {
    this.#waiting.push(resume);
    if (this.#isPassing) return;
    this.#isPassing = true;
    this.#loop.defer(this.#pass);
  }

  readonly #pass = (): void => {
    const resume = this.#waiting.shift();
    this.#isPassing = resume !== undefined;
    if (resume === undefined) return;
    this.#loop.defer(this.#pass);
    resume();
  };
}

/** A task's turns on the event loop, one after the other. Each turn lasts 10 ms, after which the task should wait for the next one. */
export class Turn {
  readonly #now: () => number;
  readonly #wait: (resume: () => void) => void;
  #bytes = 0;
  #end = Number.NEGATIVE_INFINITY;

  constructor(now: () => number, wait: (resume: () => void) => void) {
    this.#now = now;
    this.#wait = wait;
  }

  /** Whether the turn has ended, or has not begun. */
  get isOver(): boolean {
    return this.#now() > this.#end;
  }

  /** Counts bytes that the task has processed. Returns whether the turn is over, but always false up to 64 KiB, so small tasks never wait. */
  isOverAfter(bytes: number): boolean {
    this.#bytes += bytes;
    return this.#bytes > smallTaskBytes && this.isOver;
  }

  /** Resolves when the task's next turn begins, after the turns of other waiting tasks. */
  async next(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wait(resolve);
    });
    this.#end = this.#now() + turnMs;
  }
}
