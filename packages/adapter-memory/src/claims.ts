import { type Claim, isClaimBlocked } from '@user-activity/domain';
import type { MemoryStore } from './memory-store.ts';

/** Claims the exclusive right to do a kind of work, such as `replay`. Returns 'taken' while another claim on it is valid. */
export function claimWork({ claims }: MemoryStore, work: string, claim: Claim): 'claimed' | 'taken' {
  const heldUntil = claims.get(work);
  if (heldUntil !== undefined && isClaimBlocked(heldUntil, claim)) return 'taken';
  claims.set(work, claim.until);
  return 'claimed';
}

/** Releases the claim, unless a later claim has replaced it. */
export function releaseWork({ claims }: MemoryStore, work: string, { until }: Claim): void {
  if (claims.get(work) === until) claims.delete(work);
}
