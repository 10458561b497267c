import type { Output } from './output.ts';

const minPauseMs = 1000;
const barWidth = 30;

/** Shows the progress of a command, at most once a second. */
export class Progress {
  readonly #output: Output;
  #lastAt = Number.NEGATIVE_INFINITY;
  #pending: string | undefined;

  constructor(output: Output) {
    this.#output = output;
  }

  /** `share` is the part that is done, from 0 to 1. It is undefined if the total is not known. */
  show(share: number | undefined, text: string): void {
    const part = Math.min(1, share ?? 0);
    const bar = '#'.repeat(Math.floor(part * barWidth)).padEnd(barWidth, '-');
    this.#pending = share === undefined ? text : `[${bar}] ${Math.floor(part * 100)} %, ${text}`;
    if (performance.now() - this.#lastAt >= minPauseMs) this.end();
  }

  /** Shows the latest state, if it was not shown yet. */
  end(): void {
    if (this.#pending !== undefined) this.#output.note(this.#pending);
    this.#pending = undefined;
    this.#lastAt = performance.now();
  }
}
