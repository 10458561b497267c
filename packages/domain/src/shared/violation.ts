/** One rule that an input breaks. */
export interface Violation {
  /** The JSON Pointer (RFC 6901) to the value, such as `/metadata/ip`; the empty string means the whole input. */
  readonly path: string;
  /** The message for people, such as `must be a string`. */
  readonly message: string;
}

/** Thrown by a parser if a value breaks a rule. The caller knows the path and turns the error into a `Violation`. */
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

// Limits the size of the response, which must not be many times larger than a hostile request.
const maxListed = 32;
/** The longest path that is not cut, in UTF-16 code units. */
export const maxPathLength = 256;
const maxReasonLength = 2000;

/** Collects the violations of one input: at most 32, then one entry that says there are more. */
export class Violations {
  readonly list: Violation[] = [];
  readonly #max: number;

  /** A `max` of 0 is for callers that only need to know whether there is a violation: the collector is full after the first one. */
  constructor(max: number = maxListed) {
    this.#max = max;
  }

  /** Whether any violation will be listed. False for a collector with a max of 0. */
  get isListing(): boolean {
    return this.#max > 0;
  }

  /** Whether no more violations will be listed, so that the caller can stop checking the input. */
  get full(): boolean {
    return this.list.length > this.#max;
  }

  /** Adds a violation, unless the collector is full. */
  add(path: string, message: string): void {
    if (this.list.length < this.#max) this.list.push({ path, message });
    else if (this.list.length === this.#max)
      this.list.push({ path: '', message: `has more violations than the ${this.#max} listed` });
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
 * Appends keys to the JSON Pointer `parent` (RFC 6901). A pointer longer than 256 characters is cut and ends with `…`. Unpaired surrogates
 * are replaced.
 */
export function pointer(parent: string, ...keys: readonly (string | number)[]): string {
  let path = parent;
  for (const key of keys) {
    if (path.length > maxPathLength) break;
    // Cut before escaping, so that the time does not grow with the length of the key.
    const name = String(key).slice(0, maxPathLength + 1);
    path += `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  }
  return (path.length > maxPathLength ? `${path.slice(0, maxPathLength)}…` : path).toWellFormed();
}

/** Joins violations into the reason of a dead letter, a text of at most 2,000 characters. */
export function reasonOf(violations: readonly Violation[]): string {
  return cutReason(violations.map(({ path, message }) => `${path} ${message}`.trimStart()).join('; '));
}

/** Cuts the reason of a dead letter to 2,000 characters. */
export const cutReason = (reason: string): string =>
  reason.length > maxReasonLength ? `${reason.slice(0, maxReasonLength - 1)}…`.toWellFormed() : reason;
