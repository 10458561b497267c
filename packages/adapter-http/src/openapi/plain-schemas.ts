import { isPart, mapValues, type Part } from './part.ts';

/** Replaces unions that generators of clients do not know: by `enum` for strings, and by `type: [string, "null"]`. */
export function withPlainSchemas(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(withPlainSchemas);
  if (!isPart(part)) return part;
  const plain = mapValues(part, withPlainSchemas);
  const { anyOf, ...own } = plain;
  if (!Array.isArray(anyOf) || !anyOf.every(isPart)) return plain;
  return asEnum(anyOf, own) ?? asNullable(anyOf, own) ?? plain;
}

function asEnum(members: readonly Part[], own: Part): Part | undefined {
  const values = members.flatMap((member): unknown[] =>
    Array.isArray(member['enum']) ? member['enum'] : [undefined],
  );
  return values.every((value) => typeof value === 'string')
    ? { ...own, type: 'string', enum: values }
    : undefined;
}

function asNullable(members: readonly Part[], own: Part): Part | undefined {
  const [schema, ...more] = members.filter(({ type }) => type !== 'null');
  if (schema === undefined || more.length > 0 || members.length !== 2) return undefined;
  const { type, 'x-component': name } = schema;
  if (typeof type !== 'string' || name !== undefined || 'enum' in schema) return undefined;
  return { ...schema, ...own, type: [type, 'null'] };
}
