import type { Timestamp } from '../activity/timestamp.ts';

/** The exclusive right of one process to do a kind of work, such as a replay of dead letters, for a span of time. */
export interface Claim {
  readonly from: Timestamp;
  readonly until: Timestamp;
}

/**
 * Returns the range in which the end of another claim must lie for that claim to block this one. A claim that ends after the range was made
 * by a process with a wrong clock. It is ignored, because it would block every other claim for too long.
 */
export const blockingClaimEnds = ({
  from,
  until,
}: Claim): { readonly after: number; readonly upTo: number } => ({
  after: from,
  upTo: until + (until - from),
});

/** Returns whether another claim, which is held until `heldUntil`, blocks this claim. */
export function isClaimBlocked(heldUntil: number, claim: Claim): boolean {
  const { after, upTo } = blockingClaimEnds(claim);
  return heldUntil > after && heldUntil <= upTo;
}
