/** The most values that the service takes of one filter. */
export const maxValues = 20;

/** Returns the values of a filter in the parameters of a URL, without those that are more than the service takes. */
export const valuesOf = (parameters: URLSearchParams, name: string): readonly string[] =>
  [...new Set(parameters.getAll(name))].filter((value) => value !== '').slice(0, maxValues);

/**
 * Makes the function that adds a value to a filter, and passes the values to `onChange`. It returns a fault if the filter is full. A value that it
 * has already needs no room. `noun` names the values in the plural.
 */
export const adder =
  (values: readonly string[], noun: string, onChange: (values: readonly string[]) => void) =>
  (value: string): string | undefined => {
    if (values.length >= maxValues && !values.includes(value)) return `At most ${maxValues} ${noun}.`;
    onChange([...new Set([...values, value])]);
    return undefined;
  };
