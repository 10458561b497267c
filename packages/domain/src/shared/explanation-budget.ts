import { jsonStringBytes } from './json-bytes.ts';
import { type Violation, Violations } from './violation.ts';

// What the JSON of one violation has besides its path and its message.
const frameBytes = '{"path":,"message":},'.length;

/**
 * Limits how many violations are listed in the response to a request with many inputs: at most 1,000, in at most 256 KiB of JSON. Every input
 * is still checked, and its violations are listed either completely or not at all.
 */
export class ExplanationBudget {
  #violations = 1000;
  #bytes = 256 * 1024;
  #unexplained = 0;

  /** The number of invalid inputs whose violations are not listed. */
  get unexplained(): number {
    return this.#unexplained;
  }

  /** Returns a collector for the next input. Once the budget is spent, the collector is full after one violation. */
  collector(): Violations {
    return this.#unexplained === 0 ? new Violations() : new Violations(0);
  }

  /** Spends the budget on the violations of an input, and returns them. Returns none if they, or those of an earlier input, exceed it. */
  explain(violations: readonly Violation[]): readonly Violation[] {
    if (this.#unexplained === 0) {
      this.#violations -= violations.length;
      for (const { path, message } of violations)
        this.#bytes -= frameBytes + jsonStringBytes(path) + jsonStringBytes(message);
      if (this.#violations >= 0 && this.#bytes >= 0) return violations;
    }
    this.#unexplained += 1;
    return [];
  }
}
