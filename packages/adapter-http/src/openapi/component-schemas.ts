import type { TSchema } from '@sinclair/typebox';
import { isDeepStrictEqual } from 'node:util';
import { asPart, isPart, mapValues, type Part } from './part.ts';

const componentKeyword = 'x-component';

/** Sets the name of a schema in `components.schemas`, as its option `x-component` does. */
export const namedSchema = <Schema extends TSchema>(name: string, schema: Schema): Schema => ({
  ...schema,
  [componentKeyword]: name,
});

/** Moves each schema with a name to `components.schemas`. Throws if schemas of one name differ in more than descriptions and examples. */
export function withComponents(document: unknown): Part {
  const schemas = new Map<string, Part>();
  const moved = asPart(moveSchemas(document, schemas));
  const sorted = [...schemas].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { ...moved, components: { ...asPart(moved['components']), schemas: Object.fromEntries(sorted) } };
}

function moveSchemas(part: unknown, schemas: Map<string, Part>): unknown {
  if (Array.isArray(part)) return part.map((item) => moveSchemas(item, schemas));
  if (!isPart(part)) return part;
  const { [componentKeyword]: name, ...members } = part;
  const schema = mapValues(members, (value) => moveSchemas(value, schemas));
  if (typeof name !== 'string') return schema;
  const firstSchema = schemas.get(name) ?? schema;
  if (!isDeepStrictEqual({ ...firstSchema, ...blankTexts }, { ...schema, ...blankTexts }))
    throw new Error(`two different schemas have the name ${name}`);
  schemas.set(name, { ...schema, ...firstSchema });
  return { $ref: `#/components/schemas/${name}` };
}

const blankTexts: Part = { description: '', example: '', examples: '' };
