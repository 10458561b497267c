/** An object in an OpenAPI document, such as a JSON Schema. */
export type Part = Readonly<Record<string, unknown>>;

export const isPart = (value: unknown): value is Part =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Returns an empty part for a value that is not an object. */
export const asPart = (value: unknown): Part => (isPart(value) ? value : {});

/** Returns the items of an array of strings. Returns an empty list for every other value. */
export const asStrings = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];

/** Copies a part, with each value replaced by the result of `change`. */
export const mapValues = (part: unknown, change: (value: unknown, key: string) => unknown): Part =>
  Object.fromEntries(Object.entries(asPart(part)).map(([key, value]) => [key, change(value, key)]));
