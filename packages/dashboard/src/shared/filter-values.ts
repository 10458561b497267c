/** The most values that the service takes of one filter. */
export const maxValues = 20;

/** Returns the values of a filter in the parameters of a URL, without those that are more than the service takes. */
export const valuesOf = (parameters: URLSearchParams, name: string): readonly string[] =>
  [...new Set(parameters.getAll(name))].filter((value) => value !== '').slice(0, maxValues);

/** Returns whether a filter has room for another value. A value that it has already needs none. */
export const hasRoom = (values: readonly string[], value: string): boolean =>
  values.length < maxValues || values.includes(value);
