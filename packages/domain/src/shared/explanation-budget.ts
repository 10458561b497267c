import { jsonStringBytes } from './json-bytes.ts';
import { type Violation, Violations } from './violation.ts';

// The members' names, quotes and commas of one violation as JSON.
const frameBytes = '{"path":,"message":},'.length;

/**
 * Bounds what one request with many inputs is told about their faults: at most 1,000 violations and 256 KiB of JSON. Each
 * input is still judged, and either explained whole or not at all.
 */
export class ExplanationBudget {
  #violations = 1000;
  #bytes = 256 * 1024;
  #unexplained = 0;

  /** How many inputs break a rule and are not explained. */
  get unexplained(): number {
    return this.#unexplained;
  }

  /** Collects the violations of the next input. Once the budget is spent, judging stops at the first of them. */
  collector(): Violations {
    return this.#unexplained === 0 ? new Violations() : new Violations(0);
  }

  /** Returns the violations of an input, or none if they exceed what is left of the budget or one before them did. */
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
