import { maxValues, TimeRange, type Timestamp } from '@user-activity/domain';
import { type TSchema, Type } from '@sinclair/typebox';
import type { Parameter, ParameterReader } from './parameter-reader.ts';
import { isRelativeTime, parseQueryTime, type TimeReference } from './query-time.ts';

/** The values of a filter by parameter name, equal for all queries that mean the same. A text is a relative time as it was sent. */
export type Canonical = Readonly<Record<string, number | string | readonly string[] | undefined>>;

/** Reads a filter, or one part of it, from the parameters that set it. */
export interface FilterReader<Part> {
  /** The names of its parameters, as messages list them. */
  readonly names: readonly string[];
  /** The schemas of its parameters in the OpenAPI document, by name. */
  readonly schemas: Readonly<Record<string, TSchema>>;
  /** Reads the part; adds a violation to the reader for each invalid parameter. */
  readonly read: (reader: ParameterReader, reference: TimeReference) => Part;
  /** Returns the canonical values of a part, from which cursors get their digest. */
  readonly canonical: (part: Part, reader: ParameterReader) => Canonical;
}

/** Makes the reader of a parameter that may be given several times. */
export const valuesOf = <Value extends string>(
  { name, schema, parse }: Parameter<Value>,
  description: string,
): FilterReader<readonly Value[]> => ({
  names: [name],
  schemas: { [name]: Type.Array(schema, { maxItems: maxValues, description }) },
  read: (reader) => reader.many({ name, parse }),
  canonical: (values) => ({ [name]: values.length === 0 ? undefined : values.toSorted() }),
});

const timeForms =
  'An RFC 3339 date-time, where a `+` is written `%2B`; a date, which is the start of that day in UTC, or in `timezone` if the ' +
  'route has it; `now`; or a relative time such as `-24h`: a whole number of `s`, `m`, `h`, `d` or `w` before now.';

/** Makes the reader of a range from the parameters of its two bounds. */
export const rangeOf = (time: string, from = 'from', to = 'to'): FilterReader<TimeRange> => ({
  names: [from, to],
  schemas: {
    [from]: Type.String({
      description: `${time} at or after this time. ${timeForms}`,
      examples: ['2026-11-01T00:00:00Z', '2026-11-01', '-24h'],
    }),
    [to]: Type.String({
      description: `${time} before this time, so \`${to}=2026-12-01\` leaves out that day. The forms are those of \`${from}\`.`,
      examples: ['2026-12-01T00:00:00Z', '2026-12-01', '-1h'],
    }),
  },
  read(reader, reference) {
    const parse = (raw: string) => parseQueryTime(raw, reference);
    const [begin, end] = [reader.one({ name: from, parse }), reader.one({ name: to, parse })];
    const range = reader.check(to, () => TimeRange.between(begin, end));
    return range ?? TimeRange.between(undefined, undefined);
  },
  canonical(range, reader) {
    const boundOf = (name: string, moment: Timestamp | undefined): number | string | undefined => {
      const text = reader.textOf(name) ?? '';
      // A relative time means another moment with each request.
      return isRelativeTime(text) ? text : moment;
    };
    return { [from]: boundOf(from, range.from), [to]: boundOf(to, range.to) };
  },
});

/** Makes the reader of a whole filter. A part without a reader does not compile. */
export function allOf<Parts extends object>(
  readers: {
    readonly [Part in keyof Parts]-?: FilterReader<Parts[Part]>;
  },
): FilterReader<Partial<Parts>> {
  const each = Object.values<Pick<FilterReader<never>, 'names' | 'schemas'>>(readers);
  return {
    names: each.flatMap(({ names }) => names),
    schemas: Object.fromEntries(each.flatMap(({ schemas }) => Object.entries(schemas))),
    read(reader, reference) {
      const parts: Partial<Parts> = {};
      for (const name in readers) parts[name] = readers[name].read(reader, reference);
      return parts;
    },
    canonical(parts, reader) {
      let canonical: Canonical = {};
      for (const name in readers) {
        const part = parts[name];
        if (part !== undefined) canonical = { ...canonical, ...readers[name].canonical(part, reader) };
      }
      return canonical;
    },
  };
}
