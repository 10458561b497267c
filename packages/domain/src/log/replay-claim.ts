import type { Timestamp } from '../activity/timestamp.ts';

/** The exclusive right to replay dead letters, for a span of time. */
export interface ReplayClaim {
  readonly from: Timestamp;
  readonly until: Timestamp;
}

/**
 * Returns the range in which the end of a held claim blocks this claim. A held claim that ends even later was made by a wrong
 * clock. It does not block, because it would block everyone until then.
 */
export const blockingClaimEnds = ({
  from,
  until,
}: ReplayClaim): { readonly after: number; readonly upTo: number } => ({
  after: from,
  upTo: until + (until - from),
});

/** Returns whether a claim held until `heldUntil` blocks this claim. */
export function isClaimBlocked(heldUntil: number, claim: ReplayClaim): boolean {
  const { after, upTo } = blockingClaimEnds(claim);
  return heldUntil > after && heldUntil <= upTo;
}
