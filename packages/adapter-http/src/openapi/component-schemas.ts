import type { TSchema } from '@sinclair/typebox';
import { isDeepStrictEqual } from 'node:util';
import { isPart, type Part } from './schema-example.ts';

const keyword = 'x-component';

/**
 * The schema under a name: the document lists it once, under `components.schemas`, and refers to it wherever it is used. A schema
 * with options can have the name among them, as `x-component`.
 */
export const named = <Schema extends TSchema>(name: string, schema: Schema): Schema => ({
  ...schema,
  [keyword]: name,
});

/**
 * The document with each named schema moved to `components.schemas`. Throws if two that differ have one name: generators would make
 * one type of them. Their own descriptions and examples may differ, as those of an answer go to the answer.
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
    throw new Error(`two schemas that differ are named ${name}`);
  schemas.set(name, { ...schema, ...known });
  return { $ref: `#/components/schemas/${name}` };
}

const forPeople: ReadonlySet<string> = new Set(['description', 'example', 'examples']);

/** What a schema asks for, without what it says to people. */
const rulesOf = (schema: Part): Part =>
  Object.fromEntries(Object.entries(schema).filter(([key]) => !forPeople.has(key)));
