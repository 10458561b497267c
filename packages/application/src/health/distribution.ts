/** The number of values in each bucket of a histogram. The last count is of the values above all boundaries. */
export interface Distribution {
  /** The upper end of each bucket, ascending. It belongs to the bucket. */
  readonly boundaries: readonly number[];
  readonly counts: readonly number[];
}

/** Returns the values that were added to a distribution after an earlier state of it. */
export const since = (
  { boundaries, counts }: Distribution,
  earlier: Distribution | undefined,
): Distribution => ({
  boundaries,
  counts: counts.map((count, bucket) => count - (earlier?.counts[bucket] ?? 0)),
});

/**
 * Returns the value below which a share of all values lies, from 0 to 1, or undefined if there are no values. The values of a bucket are taken
 * to be spread evenly, as Prometheus does (`histogram_quantile`). Above all boundaries, returns the highest.
 */
export function percentile(distribution: Distribution | undefined, share: number): number | undefined {
  if (distribution === undefined) return undefined;
  const { boundaries, counts } = distribution;
  const rank = share * counts.reduce((sum, count) => sum + count, 0);
  let below = 0;
  for (const [bucket, count] of counts.entries()) {
    if (count > 0 && below + count >= rank) {
      const start = boundaries[bucket - 1] ?? 0;
      const end = boundaries[bucket] ?? start;
      return start + ((end - start) * (rank - below)) / count;
    }
    below += count;
  }
  return undefined;
}
