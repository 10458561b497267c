import type { TSchema } from '@sinclair/typebox';
import { isDeepStrictEqual } from 'node:util';
import { asPart, isPart, mapValues, type Part } from './part.ts';

const keyword = 'x-component';

/** Sets the name of a schema in `components.schemas`, as its option `x-component` does. */
export const named = <Schema extends TSchema>(name: string, schema: Schema): Schema => ({
  ...schema,
  [keyword]: name,
});

/** Moves each named schema to `components.schemas`. Throws if two schemas with the same name differ in more than descriptions and examples. */
export function withComponents(document: unknown): Part {
  const schemas = new Map<string, Part>();
  const moved = asPart(move(document, schemas));
  const sorted = [...schemas].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { ...moved, components: { ...asPart(moved['components']), schemas: Object.fromEntries(sorted) } };
}

function move(part: unknown, schemas: Map<string, Part>): unknown {
  if (Array.isArray(part)) return part.map((item) => move(item, schemas));
  if (!isPart(part)) return part;
  const { [keyword]: name, ...own } = part;
  const schema = mapValues(own, (value) => move(value, schemas));
  if (typeof name !== 'string') return schema;
  const known = schemas.get(name) ?? schema;
  if (!isDeepStrictEqual({ ...known, ...noTexts }, { ...schema, ...noTexts }))
    throw new Error(`two different schemas have the name ${name}`);
  schemas.set(name, { ...schema, ...known });
  return { $ref: `#/components/schemas/${name}` };
}

const noTexts: Part = { description: '', example: '', examples: '' };
