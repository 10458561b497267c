import type { Timestamp } from '../activity/timestamp.ts';

/** The exclusive right of one process to do a kind of work, such as a replay of dead letters, for a span of time. */
export interface Claim {
  readonly from: Timestamp;
  readonly until: Timestamp;
}

/**
 * Returns the range for the end of another claim: if the other claim ends in this range, it blocks this one. A claim that ends later
 * was made with a wrong clock. It is ignored, because it would block all others until its end.
 */
export const blockingClaimEnds = ({
  from,
  until,
}: Claim): { readonly after: number; readonly upTo: number } => ({
  after: from,
  upTo: until + (until - from),
});

/** Returns whether a claim held until `heldUntil` blocks this claim. */
export function isClaimBlocked(heldUntil: number, claim: Claim): boolean {
  const { after, upTo } = blockingClaimEnds(claim);
  return heldUntil > after && heldUntil <= upTo;
}
