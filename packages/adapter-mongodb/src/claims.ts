import { blockingClaimEnds, type Claim } from '@user-activity/domain';
import { MongoServerError } from 'mongodb';
import type { MongoStore } from './mongo-store.ts';
import { duplicateKey } from './refused-inserts.ts';

/** Claims the exclusive right to do a kind of work, such as `replay`. Returns 'taken' while another claim on it is valid. */
export async function claimWork(
  { claims }: MongoStore,
  work: string,
  claim: Claim,
): Promise<'claimed' | 'taken'> {
  const { after, upTo } = blockingClaimEnds(claim);
  const freeClaims = [{ until: { $lte: new Date(after) } }, { until: { $gt: new Date(upTo) } }];
  try {
    // If another process holds the claim, no document matches, and the upsert fails because the id exists.
    await claims.updateOne(
      { _id: work, $or: freeClaims },
      { $set: { until: new Date(claim.until) } },
      { upsert: true },
    );
    return 'claimed';
  } catch (error) {
    if (error instanceof MongoServerError && error.code === duplicateKey) return 'taken';
    throw error;
  }
}

/** Releases the claim, unless a later claim has replaced it. */
export async function releaseWork({ claims }: MongoStore, work: string, { until }: Claim): Promise<void> {
  await claims.deleteOne({ _id: work, until: new Date(until) });
}
