import type { TSchema } from '@sinclair/typebox';
import { isDeepStrictEqual } from 'node:util';
import { isPart, type Part } from './schema-example.ts';

const keyword = 'x-component';

/** Gives a schema a name in `components.schemas`. The option `x-component` of a schema does the same. */
export const named = <Schema extends TSchema>(name: string, schema: Schema): Schema => ({
  ...schema,
  [keyword]: name,
});

/**
 * Moves each named schema to `components.schemas`. Throws if two schemas of one name differ, because generators would make one type of
 * them. Their descriptions and examples may differ: those of an answer stay with the answer.
 */
export function withComponents(document: unknown): Part {
  const schemas = new Map<string, Part>();
  const moved = move(document, schemas);
  const whole = isPart(moved) ? moved : {};
  const components = isPart(whole['components']) ? whole['components'] : {};
  const sorted = [...schemas].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { ...whole, components: { ...components, schemas: Object.fromEntries(sorted) } };
}

function move(part: unknown, schemas: Map<string, Part>): unknown {
  if (Array.isArray(part)) return part.map((item) => move(item, schemas));
  if (!isPart(part)) return part;
  const { [keyword]: name, ...own } = part;
  const schema = Object.fromEntries(Object.entries(own).map(([key, value]) => [key, move(value, schemas)]));
  if (typeof name !== 'string') return schema;
  const known = schemas.get(name) ?? schema;
  if (!isDeepStrictEqual(rulesOf(known), rulesOf(schema)))
    throw new Error(`two different schemas have the name ${name}`);
  schemas.set(name, { ...schema, ...known });
  return { $ref: `#/components/schemas/${name}` };
}

const forPeople: ReadonlySet<string> = new Set(['description', 'example', 'examples']);

const rulesOf = (schema: Part): Part =>
  Object.fromEntries(Object.entries(schema).filter(([key]) => !forPeople.has(key)));
