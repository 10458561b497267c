import { asStrings, asPart } from './part.ts';

/**
 * Makes an example of a JSON Schema from its `examples`, or else from those of its members. Leaves out an optional member without an
 * example. A string without an example becomes `text`, which may break the schema's pattern.
 */
export function exampleOf(schema: unknown): unknown {
  const part = asPart(schema);
  for (const choices of [part['examples'], part['enum']]) if (Array.isArray(choices)) return choices[0];
  if (Array.isArray(part['anyOf'])) return exampleOf(part['anyOf'][0]);
  if ('default' in part) return part['default'];
  switch (part['type']) {
    case 'array':
      return [exampleOf(part['items'])];
    case 'string':
      return part['format'] === 'date-time' ? '2026-11-24T13:27:40.628Z' : 'text';
    case 'integer':
      return part['minimum'] ?? 1;
    case 'boolean':
      return false;
    default: {
      const required = asStrings(part['required']);
      const members = Object.entries(asPart(part['properties']));
      const shownMembers = members.filter(
        ([name, member]) => required.includes(name) || 'examples' in asPart(member),
      );
      return Object.fromEntries(shownMembers.map(([name, member]) => [name, exampleOf(member)]));
    }
  }
}
