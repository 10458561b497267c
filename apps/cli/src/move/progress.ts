import { isDomainError } from '@user-activity/domain';
import type { Output } from '../output.ts';

const minPauseMs = 1000;
const barWidth = 30;

/** Tells people how far a move is, at most once a second. */
export class Progress {
  /** The number of all activities. */
  total = 0;
  readonly #output: Output;
  #lastAt = Number.NEGATIVE_INFINITY;
  #pending: string | undefined;

  constructor(output: Output) {
    this.#output = output;
  }

  /** `missing` are waited for. */
  show(what: 'published' | 'stored', activities: number, missing = 0): void {
    const share = this.total === 0 ? 1 : Math.min(1, activities / this.total);
    const bar = '#'.repeat(Math.floor(share * barWidth)).padEnd(barWidth, '-');
    const hint = missing > 0 ? `; waits for consumers to store ${missing}` : '';
    this.#pending = `[${bar}] ${Math.floor(share * 100)} %, ${activities} of ${this.total} activities ${what}${hint}`;
    if (performance.now() - this.#lastAt >= minPauseMs) this.end();
  }

  /** Shows the latest number, if it was not shown yet. */
  end(): void {
    if (this.#pending !== undefined) this.#output.note(this.#pending);
    this.#pending = undefined;
    this.#lastAt = performance.now();
  }

  /** Says why the move waits. */
  waits(error: unknown): void {
    if (!isDomainError(error)) throw error;
    this.#output.note(`Waits: ${error.message}`);
  }

  goesOn(): void {
    this.#output.note('Goes on.');
  }
}
