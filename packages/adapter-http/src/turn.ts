import { setImmediate } from 'node:timers/promises';

const turnMs = 10;

/** A turn on the event loop: work on a large body gives it up to others whenever it has lasted 10 ms. */
export class Turn {
  #end: number = performance.now() + turnMs;

  get isOver(): boolean {
    return performance.now() > this.#end;
  }

  /** Resolves after others had theirs. */
  async next(): Promise<void> {
    await setImmediate();
    this.#end = performance.now() + turnMs;
  }
}
