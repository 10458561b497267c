import {
  assertValidQuery,
  maxValues,
  pointer,
  RuleBroken,
  type Violation,
  Violations,
} from '@user-activity/domain';
import type { TSchema } from '@sinclair/typebox';

/** All values of each parameter, decoded but not parsed. */
export type QueryParameters = Readonly<Record<string, readonly string[]>>;

/** A query parameter, and how one value of it is parsed. */
export interface Parameter<Value> {
  readonly name: string;
  /** Describes one value in the OpenAPI document. */
  readonly schema: TSchema;
  /** Parses one value. Throws RuleBroken if it is invalid. */
  readonly parse: (raw: string) => Value;
}

type ParameterWithoutSchema<Value> = Omit<Parameter<Value>, 'schema'>;

/** Stands for the variable end of a parameter name, as in `metadata.<path>`. */
const pathPlaceholder = '<path>';

/** Reads query parameters, and collects violations with paths such as `/limit`. An unknown parameter is a violation. */
export class ParameterReader {
  readonly #parameters: QueryParameters;
  readonly #violations: Violations = new Violations();

  /** In `knownNames`, `metadata.<path>` stands for every name that begins with `metadata.`. */
  constructor(parameters: QueryParameters, knownNames: readonly string[]) {
    this.#parameters = parameters;
    const isKnown = (name: string): boolean => knownNames.some((pattern) => matchesName(name, pattern));
    // Only the first violation lists the known names, because a short query must not cause a long response.
    let knownNamesHint = `: this route takes ${knownNames.join(', ')}`;
    for (const name of Object.keys(parameters)) {
      if (this.#violations.full) break;
      if (isKnown(name)) continue;
      this.addViolation(name, `is not a known parameter${knownNamesHint}`);
      knownNamesHint = '';
    }
  }

  get violations(): readonly Violation[] {
    return this.#violations.list;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#parameters, name);
  }

  /** Returns the first value of a parameter without parsing it. */
  textOf(name: string): string | undefined {
    return this.#parameters[name]?.[0];
  }

  parametersWithPrefix(prefix: string): readonly [name: string, values: readonly string[]][] {
    return Object.entries(this.#parameters).filter(([name]) => name.startsWith(prefix));
  }

  addViolation(name: string, message: string): void {
    this.#violations.add(pointer('', name), message);
  }

  /** Returns what `parse` returns. If `parse` throws RuleBroken, adds a violation and returns undefined. */
  check<Value>(name: string, parse: () => Value): Value | undefined {
    return this.#violations.check(pointer('', name), parse);
  }

  /** Returns the distinct values of a parameter that clients may repeat up to 20 times. */
  many<Value>({ name, parse }: ParameterWithoutSchema<Value>): readonly Value[] {
    const values = this.#parameters[name] ?? [];
    const distinct = this.check(name, () => {
      if (values.length > maxValues) throw new RuleBroken(`must be given at most ${maxValues} times`);
      return [...new Set(values.map((value) => parse(value)))];
    });
    return distinct ?? [];
  }

  /** Returns the value of an optional parameter. A repeated parameter is a violation. */
  one<Value>({ name, parse }: ParameterWithoutSchema<Value>): Value | undefined {
    return this.check(name, () => {
      const [value, ...more] = this.#parameters[name] ?? [];
      if (more.length > 0) throw new RuleBroken('must be given once');
      return value === undefined ? undefined : parse(value);
    });
  }

  /** Returns the value of a required parameter. A missing or repeated parameter is a violation. */
  required<Value>(parameter: ParameterWithoutSchema<Value>): Value | undefined {
    if (this.#parameters[parameter.name]?.length) return this.one(parameter);
    this.addViolation(parameter.name, 'is required');
    return undefined;
  }

  /** Throws INVALID_QUERY with all violations, if there are any. */
  assertNoViolations(): void {
    assertValidQuery(this.violations);
  }
}

const matchesName = (name: string, known: string): boolean =>
  known.endsWith(pathPlaceholder) ? name.startsWith(known.slice(0, -pathPlaceholder.length)) : name === known;
