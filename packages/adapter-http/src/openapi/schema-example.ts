/** An object in an OpenAPI document, such as a JSON Schema. */
export type Part = Readonly<Record<string, unknown>>;

export const isPart = (value: unknown): value is Part =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Makes a value that is valid for the schema, from the `examples` of its members. An optional member is included if it has an example.
 * Without an example, the type decides: that suffices for numbers and enumerations, but not for a pattern.
 */
export function exampleOf(schema: unknown): unknown {
  if (!isPart(schema)) return {};
  for (const key of ['examples', 'enum', 'anyOf', 'oneOf', 'allOf']) {
    const choices = schema[key];
    if (!Array.isArray(choices) || choices.length === 0) continue;
    return key.endsWith('Of') ? exampleOf(choices[0]) : choices[0];
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
  const requiredNames: readonly unknown[] = Array.isArray(required) ? required : [];
  const members = Object.entries(isPart(properties) ? properties : {});
  return Object.fromEntries(
    members
      .filter(([name, schema]) => requiredNames.includes(name) || (isPart(schema) && 'examples' in schema))
      .map(([name, schema]) => [name, exampleOf(schema)]),
  );
}
