/** One broken rule. */
export interface Violation {
  /** JSON Pointer (RFC 6901) to the value, such as `/metadata/ip`; the empty string is the whole. */
  readonly path: string;
  /** A sentence for a person, such as `must be a string`. */
  readonly message: string;
}

/** A value's own parser says no by throwing this; whoever knows the value's place turns it into a `Violation`. */
export class RuleBroken extends Error {
  override readonly name = 'RuleBroken';
}

/** What `parse` returns, or undefined where it says no. */
export function unlessBroken<Value>(parse: () => Value): Value | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof RuleBroken) return undefined;
    throw error;
  }
}

// What a hostile input can make us answer stays in proportion to what it sent.
const most = 32;
const longestKey = 128;

/** Collects what is wrong with one input: everything up to 32 faults, then one line that says there are more. */
export class Violations {
  readonly list: Violation[] = [];

  get full(): boolean {
    return this.list.length > most;
  }

  add(path: string, message: string): void {
    if (this.list.length < most) this.list.push({ path, message });
    else if (this.list.length === most)
      this.list.push({ path: '', message: 'has further faults, which are not listed' });
  }

  /** What `parse` returns; where it says no, the reason is collected under `path` and the answer is undefined. */
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

/** The JSON Pointer of a member; a very long key is cut, and an unpaired surrogate replaced. */
export function pointer(parent: string, key: string | number): string {
  const name = String(key).toWellFormed();
  const short = name.length > longestKey ? `${name.slice(0, longestKey)}…`.toWellFormed() : name;
  return `${parent}/${short.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
