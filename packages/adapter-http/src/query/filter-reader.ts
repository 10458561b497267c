import { maxValues, TimeRange } from '@user-activity/domain';
import { type TSchema, Type } from '@sinclair/typebox';
import type { ParameterReader } from './parameter-reader.ts';
import { isRelativeTime, parseQueryTime, type TimeReference } from './query-time.ts';

/**
 * The values of a query by parameter name. Queries with the same meaning have the same values. A single string is a relative time such as
 * `-24h`.
 */
export type CanonicalValues = Readonly<Record<string, number | string | readonly string[] | undefined>>;

/** Reads a filter, or one part of a filter, from its query parameters. */
export interface FilterReader<Part> {
  /** The parameter names, as messages list them. */
  readonly names: readonly string[];
  /** The OpenAPI schemas of the parameters, by name. */
  readonly schemas: Readonly<Record<string, TSchema>>;
  /** Adds a violation to `reader` for each invalid parameter. `canonical` goes into the query digest of cursors. */
  readonly read: (
    reader: ParameterReader,
    reference: TimeReference,
  ) => { readonly part: Part; readonly canonical: CanonicalValues };
}

/** Makes the reader of a parameter that clients may repeat. */
export const valuesReader = <Value extends string>(
  name: string,
  schema: TSchema,
  type: { parse(raw: unknown): Value },
  description: string,
): FilterReader<readonly Value[]> => ({
  names: [name],
  schemas: { [name]: Type.Array(schema, { maxItems: maxValues, description }) },
  read(reader) {
    const part = reader.many({ name, parse: (raw) => type.parse(raw) });
    return { part, canonical: { [name]: part.length === 0 ? undefined : part.toSorted() } };
  },
});

const timeForms =
  'An RFC 3339 date-time, in which you write `+` as `%2B`; a date, which means the start of the day in UTC or in `timezone`; `now`; or ' +
  'a relative time such as `-24h`: a whole number of `s`, `m`, `h`, `d` or `w` before now.';

/** Makes the reader of the range that `from` and `to` set for a field such as `createdAt`. */
export const timeRangeReader = (field: string): FilterReader<TimeRange> => ({
  names: ['from', 'to'],
  schemas: {
    from: Type.String({
      description: `Only items whose \`${field}\` is at or after this time. ${timeForms}`,
      examples: ['2026-11-01T00:00:00Z', '2026-11-01', '-24h'],
    }),
    to: Type.String({
      description: `Only items whose \`${field}\` is before this time, so \`to=2026-12-01\` leaves out that day. It has the same forms as \`from\`.`,
      examples: ['2026-12-01T00:00:00Z', '2026-12-01', '-1h'],
    }),
  },
  read(reader, reference) {
    const parse = (raw: string) => parseQueryTime(raw, reference);
    const [from, to] = [reader.one({ name: 'from', parse }), reader.one({ name: 'to', parse })];
    const range = reader.check('to', () => TimeRange.between(from, to));
    const part = range ?? TimeRange.between(undefined, undefined);
    // A relative time means a different moment in each request, so its text is the canonical value.
    const boundOf = (name: 'from' | 'to') => {
      const text = reader.textOf(name) ?? '';
      return isRelativeTime(text) ? text : part[name];
    };
    return { part, canonical: { from: boundOf('from'), to: boundOf('to') } };
  },
});

/** Combines the readers of all parts of a filter into one. The compiler requires a reader for each part. */
export function combinedReader<Parts extends object>(
  readers: {
    readonly [Part in keyof Parts]-?: FilterReader<Parts[Part]>;
  },
): FilterReader<Partial<Parts>> {
  const allReaders = Object.values<Pick<FilterReader<never>, 'names' | 'schemas'>>(readers);
  return {
    names: allReaders.flatMap(({ names }) => names),
    schemas: Object.fromEntries(allReaders.flatMap(({ schemas }) => Object.entries(schemas))),
    read(reader, reference) {
      const parts: Partial<Parts> = {};
      const canonical = {};
      for (const name in readers) {
        const result = readers[name].read(reader, reference);
        parts[name] = result.part;
        Object.assign(canonical, result.canonical);
      }
      return { part: parts, canonical };
    },
  };
}
