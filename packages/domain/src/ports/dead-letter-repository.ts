import type { ActivityId } from '../activity/activity-id.ts';
import type { DeadLetter, Death } from '../log/dead-letter.ts';
import type { DeadLetterId } from '../log/dead-letter-id.ts';
import type { LetterSweep, SweepLimits } from '../log/letter-sweep.ts';
import type { ReplayClaim } from '../log/replay-claim.ts';
import type { DeadLetterPage, DeadLetterQuery } from '../query/dead-letter-query.ts';

/**
 * The dead letters that the store holds, to be looked at and taken away again.
 *  B1  Filtered  `find` shows exactly what the filter lets through: OR within codes, AND with the half-open time.
 *  B2  Ordered   by (diedAt, id), ids bytewise; `asc` is the exact reverse of `desc`.
 *  B3  Paged     at most `limit`; `hasMore` tells whether more follows; the pages of a walk have neither gap nor repeat,
 *                whatever is added or removed meanwhile elsewhere.
 *  B4  Lean      a page shows bytes as they are, up to `listedBytes` of each part; it tells what it leaves out, and the size
 *                of every value. What is left out is never read into memory.
 *  B5  Whole     `findByIds` gives letters byte for byte, in the order of their ids; ids that there are not are left out. It
 *                stops before the letter with which the bytes would exceed `mostBytes`, but gives one at least.
 *  B6  Guarded   `remove` takes away a letter only while it is the one that was given: one that died again meanwhile, which
 *                its diedAt tells, stays. One that is gone already is no fault.
 *  B7  Honest    while the store is out of reach, every method rejects with STORE_UNAVAILABLE or STORE_TIMEOUT, and works
 *                again afterwards. No error of a driver crosses the port.
 *  B8  Telling   `findDeaths` tells of each of these activities that a letter names when the last of its letters died, once and
 *                in any order, by an index, however many letters there are; of the others it says nothing.
 *  B9  Bounded   a page of `find` ends before the letter with which its JSON would exceed `maxPageBytes`, but has one at
 *                least. What exceeds it is not read into memory, but for one batch of the driver.
 *  B10 Sweeping  `sweep` removes letters of the edge (topic `http`) that died before `edgeBefore`, then the oldest of them while all
 *                have more than `maxEdgeBytes`. It removes letters off the log for their age alone, and none without `logBefore`.
 *                One call removes at most `limit`. Several may sweep at once; each may then remove up to `limit` of the edge too many.
 *  B11 Alone     of all that `claimReplay` at a time, over every handle, one gets `claimed`. The others get `taken`, until that one
 *                calls `releaseReplay` or its time is over, as its process may have died.
 */
export interface DeadLetterRepository {
  find(query: DeadLetterQuery): Promise<DeadLetterPage>;
  findByIds(ids: readonly DeadLetterId[], mostBytes: number): Promise<readonly DeadLetter[]>;
  findDeaths(ids: readonly ActivityId[]): Promise<readonly Death[]>;
  remove(letters: readonly Pick<DeadLetter, 'origin' | 'diedAt'>[]): Promise<void>;
  sweep(limits: SweepLimits): Promise<LetterSweep>;
  claimReplay(claim: ReplayClaim): Promise<'claimed' | 'taken'>;
  releaseReplay(claim: ReplayClaim): Promise<void>;
}
