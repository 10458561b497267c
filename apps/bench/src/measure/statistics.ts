/** The median of numbers, with their lower and upper quartile. */
export interface Spread {
  readonly median: number;
  readonly lower: number;
  readonly upper: number;
}

/** Returns the quantile of numbers, such as the median for a `share` of 0.5. Interpolates between the two nearest numbers. NaN for no numbers. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((left, right) => left - right);
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}

/** Returns the median and the quartiles of numbers. */
export const spreadOf = (numbers: readonly number[]): Spread => ({
  median: quantile(numbers, 0.5),
  lower: quantile(numbers, 0.25),
  upper: quantile(numbers, 0.75),
});

/** Divides the numbers of two sides, round by round. Other load on the machine affects both numbers of a round equally. */
export const ratiosOf = (numerators: readonly number[], denominators: readonly number[]): number[] =>
  numerators
    .slice(0, denominators.length)
    .map((number, round) => number / (denominators[round] ?? Number.NaN));
