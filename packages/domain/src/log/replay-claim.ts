import type { Timestamp } from '../activity/timestamp.ts';

/** The right to replay dead letters alone, from one moment until another. */
export interface ReplayClaim {
  readonly from: Timestamp;
  readonly until: Timestamp;
}

/**
 * Until when a claim that is held keeps this one out: it ends later, and at most one such time after this one. A claim that ends
 * beyond was made by a clock that was wrong, and would keep everyone out for as long.
 */
export const keptOutUntil = ({
  from,
  until,
}: ReplayClaim): { readonly after: number; readonly upTo: number } => ({
  after: from,
  upTo: until + (until - from),
});

/** Whether a claim that is held until then keeps this one out. */
export function keepsOut(heldUntil: number, claim: ReplayClaim): boolean {
  const { after, upTo } = keptOutUntil(claim);
  return heldUntil > after && heldUntil <= upTo;
}
