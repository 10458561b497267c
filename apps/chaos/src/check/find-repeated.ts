/** Returns the values that occur more than once. */
export function findRepeated(values: readonly string[]): ReadonlySet<string> {
  const [seen, repeatedValues] = [new Set<string>(), new Set<string>()];
  for (const value of values) (seen.has(value) ? repeatedValues : seen).add(value);
  return repeatedValues;
}
