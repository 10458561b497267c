/** The maximum number of values that the service accepts for one filter. */
export const maxValues = 20;

/** Returns the distinct values of a filter from the parameters of a URL, at most `maxValues`. */
export const filterValues = (parameters: URLSearchParams, name: string): readonly string[] =>
  [...new Set(parameters.getAll(name))].filter((value) => value !== '').slice(0, maxValues);

/**
 * Returns a function that adds a value to a filter, and passes all values to `onChange`. If the filter already has `maxValues` other values,
 * the function returns an error message instead. `noun` is the plural that the message uses for the values, such as "users".
 */
export const makeAdder =
  (values: readonly string[], noun: string, onChange: (values: readonly string[]) => void) =>
  (value: string): string | undefined => {
    if (values.length >= maxValues && !values.includes(value)) return `At most ${maxValues} ${noun}.`;
    onChange([...new Set([...values, value])]);
    return undefined;
  };
