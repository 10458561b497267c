import { isPart, mapValues, type Part } from './part.ts';

/**
 * Replaces `anyOf`, which some client generators cannot read. A union of strings becomes an `enum`, and a union of X and null becomes
 * `type: [X, "null"]`.
 */
export function withPlainSchemas(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(withPlainSchemas);
  if (!isPart(part)) return part;
  const plain = mapValues(part, withPlainSchemas);
  const { anyOf, ...otherMembers } = plain;
  if (!Array.isArray(anyOf) || !anyOf.every(isPart)) return plain;
  return asEnum(anyOf, otherMembers) ?? asNullable(anyOf, otherMembers) ?? plain;
}

function asEnum(members: readonly Part[], otherMembers: Part): Part | undefined {
  const values = members.flatMap((member): unknown[] =>
    Array.isArray(member['enum']) ? member['enum'] : [undefined],
  );
  return values.every((value) => typeof value === 'string')
    ? { ...otherMembers, type: 'string', enum: values }
    : undefined;
}

function asNullable(members: readonly Part[], otherMembers: Part): Part | undefined {
  const [schema, ...furtherSchemas] = members.filter(({ type }) => type !== 'null');
  if (schema === undefined || furtherSchemas.length > 0 || members.length !== 2) return undefined;
  const { type, 'x-component': name } = schema;
  if (typeof type !== 'string' || name !== undefined || 'enum' in schema) return undefined;
  return { ...schema, ...otherMembers, type: [type, 'null'] };
}
