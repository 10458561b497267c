import type { ActivityKey } from '../activity/activity-key.ts';
import type { ProjectId } from '../activity/project-id.ts';
import type { DeadLetter, LatestLetter } from '../log/dead-letter.ts';
import type { DeadLetterId } from '../log/dead-letter-id.ts';
import type { LetterSweep, SweepLimits } from '../log/letter-sweep.ts';
import type { Claim } from '../shared/claim.ts';
import type { DeadLetterPage, DeadLetterQuery } from '../query/dead-letter-query.ts';

/**
 * Lists, sweeps and removes the dead letters in the store.
 *  B1  Filtered  `find` returns exactly what matches the filter: OR within codes, AND with the half-open time.
 *  B2  Ordered   sorted by (diedAt, id), ids bytewise; `asc` is the exact reverse of `desc`.
 *  B3  Paged     a page has at most `limit` letters; `hasMore` tells whether more follow. The pages of a walk have no gaps and no
 *                repeats, whatever other letters are added or removed meanwhile.
 *  B4  Lean      a page has each part unchanged if it is at most `listedBytes` long. Otherwise the page leaves the part out, says so,
 *                and never reads it into memory. `size` is the size of the whole value.
 *  B5  Whole     `findByIds` returns letters byte for byte, in the order of their ids; unknown ids are left out. It stops before
 *                the letter with which the bytes would exceed `maxBytes`, but returns at least one.
 *  B6  Guarded   `remove` removes a letter only if its diedAt equals the argument's: a newer letter with the same id stays.
 *                Removing a letter that is gone already is no error.
 *  B7  Honest    while the store is unreachable, every method rejects with STORE_UNAVAILABLE or STORE_TIMEOUT, and works again
 *                afterwards. No driver error crosses the port.
 *  B8  Telling   `findLatestLetters` returns when the latest letter of each of these activities died, once and in any order. It leaves out
 *                activities that no letter names. It uses an index, however many letters there are.
 *  B9  Bounded   a page of `find` ends before the letter with which its JSON would exceed `maxPageBytes`, but has at least one.
 *                At most one batch of the driver beyond that is read into memory.
 *  B10 Sweeping  `sweep` removes letters of the edge (topic `http`) that died before `edgeBefore`, then the oldest of them while all
 *                together exceed `maxEdgeBytes`. It removes letters from the log only because of their age, and only if `logBefore`
 *                is set. One call removes at most `limit`. Each of concurrent sweeps may remove up to `limit` letters too many.
 *  B11 Alone     at most one caller, over all handles, holds a claim: `claimReplay` returned `claimed` to it. Others get `taken`
 *                until the holder calls `releaseReplay`, or until the claim ends, because the holder may have died.
 *  B12 Apart     what is in one project is invisible from every other: `find`, `findByIds` and `findLatestLetters` return letters of
 *                their project only. Sweeps, removals and claims are for all projects together.
 *  B13 Distinct    letters of two logs are two letters, even if topic, partition and offset are the same: every method tells them
 *                apart.
 */
export interface DeadLetterRepository {
  find(query: DeadLetterQuery): Promise<DeadLetterPage>;
  findByIds(
    project: ProjectId,
    ids: readonly DeadLetterId[],
    maxBytes: number,
  ): Promise<readonly DeadLetter[]>;
  findLatestLetters(keys: readonly ActivityKey[]): Promise<readonly LatestLetter[]>;
  remove(letters: readonly Pick<DeadLetter, 'origin' | 'diedAt'>[]): Promise<void>;
  sweep(limits: SweepLimits): Promise<LetterSweep>;
  claimReplay(claim: Claim): Promise<'claimed' | 'taken'>;
  releaseReplay(claim: Claim): Promise<void>;
}
