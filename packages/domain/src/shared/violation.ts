/** One broken rule. */
export interface Violation {
  /** JSON Pointer (RFC 6901) to the value, such as `/metadata/ip`; the empty string is the whole. */
  readonly path: string;
  /** A sentence for a person, such as `must be a string`. */
  readonly message: string;
}

/** Thrown by the parser of a value that breaks a rule. The caller, which knows the path, turns it into a `Violation`. */
export class RuleBroken extends Error {
  override readonly name = 'RuleBroken';
}

/** Returns what `parse` returns, or undefined if it throws RuleBroken. */
export function unlessBroken<Value>(parse: () => Value): Value | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof RuleBroken) return undefined;
    throw error;
  }
}

// A hostile input must not have us answer more than a few times what it sent.
const maxListed = 32;
/** The longest path that is not cut, in UTF-16 code units. */
export const maxPathLength = 256;
const maxReason = 2000;

/** Collects the violations of one input: up to 32, then one line that says there are more. */
export class Violations {
  readonly list: Violation[] = [];
  readonly #max: number;

  /** With a max of 0 it only tells whether the input breaks a rule: the first violation makes it full. */
  constructor(max: number = maxListed) {
    this.#max = max;
  }

  /** Whether further violations are not listed any more, so that the rest of the input need not be judged. */
  get full(): boolean {
    return this.list.length > this.#max;
  }

  add(path: string, message: string): void {
    if (this.list.length < this.#max) this.list.push({ path, message });
    else if (this.list.length === this.#max)
      this.list.push({ path: '', message: 'has further violations, which are not listed' });
  }

  /** Returns what `parse` returns. If it throws RuleBroken, adds the message under `path` and returns undefined. */
  check<Value>(path: string, parse: () => Value): Value | undefined {
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof RuleBroken)) throw error;
      this.add(path, error.message);
      return undefined;
    }
  }
}

/**
 * The JSON Pointer of a value below `parent`, by the keys that lead to it. A path longer than 256 characters is cut and
 * ends with `…`; an unpaired surrogate is replaced.
 */
export function pointer(parent: string, ...keys: readonly (string | number)[]): string {
  let path = parent;
  for (const key of keys) {
    if (path.length > maxPathLength) break;
    // A key of any length costs no more than what is kept of it.
    const name = String(key).slice(0, maxPathLength + 1);
    path += `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  }
  return (path.length > maxPathLength ? `${path.slice(0, maxPathLength)}…` : path).toWellFormed();
}

/** The violations as one text of at most 2,000 characters, for the reason of a dead letter. */
export function reasonOf(violations: readonly Violation[]): string {
  return cutReason(violations.map(({ path, message }) => `${path} ${message}`.trimStart()).join('; '));
}

/** The reason of a dead letter, cut to 2,000 characters. */
export const cutReason = (reason: string): string =>
  reason.length > maxReason ? `${reason.slice(0, maxReason - 1)}…`.toWellFormed() : reason;
