import { DomainError } from '../shared/domain-error.ts';
import { pointer, RuleBroken, type Violation, Violations } from '../shared/violation.ts';
import { parseQueryTime, type TimeReference } from './query-time.ts';
import { TimeRange } from './time-range.ts';

/** The raw parameters of a query, each with all its values. */
export type QueryParameters = Readonly<Record<string, readonly string[]>>;

/** The order of a walk by (time, id): `desc` is newest first, `asc` its exact reverse. */
export type Order = 'desc' | 'asc';

/** The maximum number of values of a repeatable parameter. */
export const maxValues = 20;
const maxLimit = 500;
const defaultLimit = 50;
/** The end of a name that stands for all names with the same beginning. */
const anyPath = '<path>';

/**
 * Reads the parameters of a query and collects violations, by `/name`. Nothing is clamped: a value out of range, a second value
 * of a single-valued parameter and an unknown name are violations.
 */
export class ParameterReader {
  readonly #parameters: QueryParameters;
  readonly #violations: Violations = new Violations();

  /** `known` lists the parameter names; a name such as `metadata.<path>` stands for all names that begin with `metadata.`. */
  constructor(parameters: QueryParameters, known: Iterable<string>) {
    this.#parameters = parameters;
    const names = [...known];
    const isKnown = (name: string): boolean => names.some((pattern) => isNamed(name, pattern));
    // Listed once only, because a short query must not cause a long answer.
    let remedy = `: this route takes ${names.join(', ')}`;
    for (const name of Object.keys(parameters)) {
      if (this.#violations.full) break;
      if (isKnown(name)) continue;
      this.#violations.add(pointer('', name), `is not a known parameter${remedy}`);
      remedy = '';
    }
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#parameters, name);
  }

  /** Returns the parameters whose names begin with `prefix`, with all their values. */
  beginningWith(prefix: string): readonly { readonly name: string; readonly values: readonly string[] }[] {
    const found = Object.entries(this.#parameters).filter(([name]) => name.startsWith(prefix));
    return found.map(([name, values]) => ({ name, values }));
  }

  /** Returns what `parse` returns. If it throws RuleBroken, adds a violation and returns undefined. */
  check<Value>(name: string, parse: () => Value): Value | undefined {
    return this.#violations.check(pointer('', name), parse);
  }

  /** Returns the distinct values of a parameter that may be given up to 20 times. */
  many<Value>(name: string, parse: (raw: unknown) => Value): readonly Value[] {
    const read = (): readonly Value[] => {
      const values = this.#parameters[name] ?? [];
      if (values.length > maxValues) throw new RuleBroken(`must be given at most ${maxValues} times`);
      return [...new Set(values.map((value) => parse(value)))];
    };
    return this.check(name, read) ?? [];
  }

  /** Returns the value of an optional parameter that may be given once. */
  one<Value>(name: string, parse: (raw: string) => Value): Value | undefined {
    return this.check(name, () => {
      const [value, ...more] = this.#parameters[name] ?? [];
      if (more.length > 0) throw new RuleBroken('must be given once');
      return value === undefined ? undefined : parse(value);
    });
  }

  /** Returns the value of a parameter that must be given exactly once. */
  required<Value>(name: string, parse: (raw: string) => Value): Value | undefined {
    if (this.#parameters[name]?.length) return this.one(name, parse);
    this.#violations.add(`/${name}`, 'is required');
    return undefined;
  }

  /** Reads `from` and `to`; see `parseQueryTime`. */
  timeRange(reference: TimeReference): TimeRange {
    const from = this.one('from', (raw) => parseQueryTime(raw, reference));
    const to = this.one('to', (raw) => parseQueryTime(raw, reference));
    const range = this.check('to', () => TimeRange.between(from, to));
    return range ?? TimeRange.between(undefined, undefined);
  }

  /** Reads `order` and `limit`. Default: `desc` and 50. */
  page(): { readonly order: Order; readonly limit: number } {
    const order = this.one('order', parseOrder) ?? 'desc';
    return { order, limit: this.one('limit', parseLimit) ?? defaultLimit };
  }

  /** Throws INVALID_QUERY with every collected violation, if there are any. */
  assertSound(): void {
    const { list } = this.#violations;
    if (list.length > 0) throw invalidQuery(list);
  }
}

/** Makes the error INVALID_QUERY from at least one violation. Its message shows the first. */
export function invalidQuery(violations: readonly Violation[]): DomainError {
  const [{ path, message } = { path: '', message: '' }, ...more] = violations;
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
  const detail = `The query breaks a rule: "${path.slice(1)}" ${message}${others}.`;
  return new DomainError('INVALID_QUERY', detail, { violations });
}

const isNamed = (name: string, known: string): boolean =>
  known.endsWith(anyPath) ? name.startsWith(known.slice(0, -anyPath.length)) : name === known;

function parseOrder(raw: string): Order {
  if (raw !== 'desc' && raw !== 'asc') throw new RuleBroken('must be "desc" or "asc", in lower case');
  return raw;
}

function parseLimit(raw: string): number {
  const limit = /^[1-9]\d{0,2}$/.test(raw) ? Number(raw) : Number.NaN;
  if (limit <= maxLimit) return limit;
  const remedy = /^[1-9]\d{2,}$/.test(raw) ? ': follow "nextCursor" for more' : '';
  throw new RuleBroken(`must be a whole number from 1 to ${maxLimit}${remedy}`);
}
