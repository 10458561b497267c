/** The median of numbers, with the quartiles as their spread. */
export interface Spread {
  readonly median: number;
  readonly lower: number;
  readonly upper: number;
}

/** Returns a quantile of numbers, interpolated between the two nearest. NaN if there are none. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((left, right) => left - right);
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}

export const spreadOf = (numbers: readonly number[]): Spread => ({
  median: quantile(numbers, 0.5),
  lower: quantile(numbers, 0.25),
  upper: quantile(numbers, 0.75),
});

/** Divides numbers by others of the same rounds, pair by pair. Other load on the machine affects both numbers of a pair alike. */
export const ratiosOf = (numerators: readonly number[], denominators: readonly number[]): number[] =>
  numerators
    .slice(0, denominators.length)
    .map((number, round) => number / (denominators[round] ?? Number.NaN));
