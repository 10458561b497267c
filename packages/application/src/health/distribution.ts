/** The number of values in each bucket of a histogram. */
export interface Distribution {
  /** The inclusive upper end of each bucket, in ascending order. */
  readonly boundaries: readonly number[];
  /** One count for each bucket, and a last one for the values above all boundaries. */
  readonly counts: readonly number[];
}

/** Returns the distribution of the values that were added after the state `earlier`. Undefined stands for an empty state. */
export const addedSince = (
  { boundaries, counts }: Distribution,
  earlier: Distribution | undefined,
): Distribution => ({
  boundaries,
  counts: counts.map((count, bucket) => count - (earlier?.counts[bucket] ?? 0)),
});

/**
 * Estimates the value below which a share (0 to 1) of all values lies. Returns undefined if there are no values. Assumes that values are
 * spread evenly within a bucket, as `histogram_quantile` of Prometheus does. Never returns more than the highest boundary.
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
