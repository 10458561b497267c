import { type Claim, isClaimBlocked } from '@user-activity/domain';
import type { SqliteDatabase } from './sqlite-database.ts';

/**
 * Claims the exclusive right to do a kind of work. Returns 'taken' while another claim on it is valid. The claims are in memory,
 * because no other process can open the file.
 */
export function claimWork(
  { writer, claims }: SqliteDatabase,
  work: string,
  claim: Claim,
): 'claimed' | 'taken' {
  writer.assertAlive();
  const until = claims.get(work);
  if (until !== undefined && isClaimBlocked(until, claim)) return 'taken';
  claims.set(work, claim.until);
  return 'claimed';
}

/** Releases the claim, unless a later claim has replaced it. */
export function releaseWork({ writer, claims }: SqliteDatabase, work: string, { until }: Claim): void {
  writer.assertAlive();
  if (claims.get(work) === until) claims.delete(work);
}
