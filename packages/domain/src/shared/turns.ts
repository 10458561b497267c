/** The event loop of the platform, and a clock in milliseconds that never goes back. */
export interface EventLoop {
  /** Calls back in the next round of the loop, after all else had its chance. */
  readonly defer: (resume: () => void) => void;
  readonly now: () => number;
}

const turnMs = 10;
const littleBytes = 64 * 1024;

/** Shares the event loop among pieces of long work, first come, first served: one of all that wait has its turn in each round. */
export class Turns {
  readonly #loop: EventLoop;
  readonly #waiting: (() => void)[] = [];
  #isPassing = false;

  constructor(loop: EventLoop) {
    this.#loop = loop;
  }

  /** For one piece of work. Its first turn has not come yet. */
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

/** A turn on the event loop. Long work waits for one, and for the next whenever it has lasted 10 ms. */
export class Turn {
  readonly #now: () => number;
  readonly #wait: (resume: () => void) => void;
  #bytes = 0;
  #end = Number.NEGATIVE_INFINITY;

  constructor(now: () => number, wait: (resume: () => void) => void) {
    this.#now = now;
    this.#wait = wait;
  }

  get isOver(): boolean {
    return this.#now() > this.#end;
  }

  /** Counts bytes that were worked on. Whether the turn is over and they are more than 64 KiB: little work need not wait. */
  isOverAfter(bytes: number): boolean {
    this.#bytes += bytes;
    return this.#bytes > littleBytes && this.isOver;
  }

  /** Resolves when the turn has come: after others had theirs, whatever else the process does. */
  async next(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wait(resolve);
    });
    this.#end = this.#now() + turnMs;
  }
}
