/** A JSON Schema, or another part of a document, as it is written. */
export type Part = Readonly<Record<string, unknown>>;

export const isPart = (value: unknown): value is Part =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * A value that such a schema lets through, made of the `examples` of its members. A member that may be left out is shown where it
 * has an example. What has none is shown as its type says, which is enough for numbers and choices, and not for a pattern.
 */
export function exampleOf(schema: unknown): unknown {
  if (!isPart(schema)) return {};
  for (const key of ['examples', 'enum', 'anyOf', 'oneOf', 'allOf']) {
    const given = schema[key];
    if (!Array.isArray(given) || given.length === 0) continue;
    return key.endsWith('Of') ? exampleOf(given[0]) : given[0];
  }
  for (const key of ['const', 'default']) if (key in schema) return schema[key];
  switch (schema['type']) {
    case 'array':
      return [exampleOf(schema['items'])];
    case 'string':
      return schema['format'] === 'date-time' ? '2026-11-24T13:27:40.628Z' : 'text';
    case 'integer':
    case 'number':
      return schema['minimum'] ?? 1;
    case 'boolean':
      return false;
    case 'null':
      return null;
    default:
      return membersOf(schema);
  }
}

function membersOf({ properties, required }: Part): Part {
  const needed: readonly unknown[] = Array.isArray(required) ? required : [];
  const members = Object.entries(isPart(properties) ? properties : {});
  return Object.fromEntries(
    members
      .filter(([name, schema]) => needed.includes(name) || (isPart(schema) && 'examples' in schema))
      .map(([name, schema]) => [name, exampleOf(schema)]),
  );
}
