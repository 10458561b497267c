import type { ActivityKey } from '../activity/activity-key.ts';
import type { ProjectId } from '../activity/project-id.ts';
import type { DeadLetter, LatestLetter } from '../log/dead-letter.ts';
import type { DeadLetterId } from '../log/dead-letter-id.ts';
import type { LetterSweep, SweepLimits } from '../log/letter-sweep.ts';
import type { Claim } from '../shared/claim.ts';
import type { DeadLetterPage, DeadLetterQuery } from '../query/dead-letter-query.ts';

/**
 * Lists, sweeps and removes the dead letters in the store.
 *  B1  Filtered  `find` returns exactly the letters that match the filter: they have one of its codes, and a diedAt in its range of time (`from` is
 *                included, `to` is not).
 *  B2  Ordered   `find` sorts by (diedAt, id), and ids bytewise. The order `asc` is the exact reverse of `desc`.
 *  B3  Paged     a page has at most `limit` letters; `hasMore` tells whether more follow. The pages of a walk have no gaps and no
 *                repeats, whatever other letters are added or removed meanwhile.
 *  B4  Lean      a page has a key, value or headers unchanged if they are at most as long as in `listedBytes`. Otherwise they are left out,
 *                are named in `omitted`, and are never read into memory. `size` is the size of the whole value.
 *  B5  Whole     `findByIds` returns letters byte for byte, in the order of the given ids; unknown ids are left out. It stops before
 *                the letter with which the bytes would exceed `maxBytes`, but returns at least one.
 *  B6  Guarded   `remove` removes a letter only if its diedAt equals the argument's: a newer letter with the same id stays.
 *                It is no error if a letter was removed before.
 *  B7  Honest    while the store is unreachable, every method rejects with STORE_UNAVAILABLE or STORE_TIMEOUT, and works again
 *                afterwards. No driver error crosses the port.
 *  B8  Telling   `findLatestLetters` returns the time of the latest letter of each of these activities, each activity once and in any order. It
 *                leaves out activities without a letter. It uses an index, so it is fast however many letters there are.
 *  B9  Bounded   a page of `find` ends before the letter with which its JSON would exceed `maxPageBytes`, but has at least one.
 *                At most one batch of the driver beyond that is read into memory.
 *  B10 Sweeping  `sweep` removes the letters of calls that the API refused (their topic is `http`) if they died before `edgeBefore`, then the
 *                oldest of them while their total size exceeds `maxEdgeBytes`. It removes letters from the log only if they died before
 *                `logBefore`. One call removes at most `limit` letters. Concurrent sweeps may each remove up to `limit` letters too many.
 *  B11 Alone     at most one caller, over all handles, holds the claim to replay: the one to which `claimReplay` returned `claimed`. Others
 *                get `taken` until the holder calls `releaseReplay`, or until the claim ends, because the holder may have died.
 *  B12 Apart     what is in one project is invisible from every other: `find`, `findByIds` and `findLatestLetters` return letters of
 *                their project only. Sweeps, removals and claims are for all projects together.
 *  B13 Distinct  letters from two logs are different letters for every method, even if topic, partition and offset are the same.
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
