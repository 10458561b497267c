import type { ProjectId } from '../activity/project-id.ts';
import type { Timestamp } from '../activity/timestamp.ts';
import type { ActivityMeasurement, MeasuredPortion } from '../project/measurement.ts';
import type { Erasure, KeptErasure, ProjectPage, ProjectQuery } from '../project/project.ts';
import type { ProjectSettings, SettingsChange, SettingsOfProject } from '../project/project-settings.ts';
import type { ActivityRemoval, ErasedRecord, RemovedPortion } from '../project/removal.ts';
import type { RetentionDays } from '../project/retention-days.ts';
import type { Claim } from '../shared/claim.ts';

/**
 * Lists projects, keeps their settings, and removes their activities and dead letters.
 *  J1  Listed    `find` returns every project that has settings, an unfinished erasure, activities or dead letters: each once, with its
 *                settings, sorted by id bytewise. It reads one index entry per project, possibly also of projects beyond the page.
 *  J2  Paged     a page has at most `limit` projects, and `hasMore` tells whether more follow. The pages of a walk have no gaps
 *                and no repeats.
 *  J3  Kept      once `changeSettings` resolves, a new handle returns the changed settings. Of concurrent changes of different settings,
 *                none is lost.
 *  J4  Limited   at most `maxProjectSettings` projects have settings. For one more project, `changeSettings` returns 'too-many' and changes
 *                nothing. The settings that exist can still be changed. Concurrent calls may each add one project too many.
 *  J5  Marked    once `beginErasure` resolves, a new handle returns the erasure, and the project's settings are removed. `erasedAt` is what
 *                `nextErasedAt` returns, also after concurrent calls. `findErasures` returns the erasures of the given projects, finished
 *                or not, and tells which of them are finished.
 *  J6  Ended     `endErasure` finishes an erasure only if its `erasedAt` is still the latest of the project. `findErasing` returns the
 *                erasures that are not finished.
 *  J7  Expiring  `removeActivities` removes exactly the activities that the `ActivityRemoval` asks for, oldest first by (createdAt, id). It
 *                looks at no more than `limit` activities, by an index, and returns where to continue. So a single walk over all portions
 *                removes everything that was stored before the walk, however many activities stay.
 *  J8  Letters   `removeLetters` removes at most `limit` dead letters that died at or before `diedUpTo`, and returns their number.
 *  J9  Erased    `removeErased` removes the dead letters of these records, and the stored activities with the ids of these records, except
 *                those that were received after the erasure. It is no error if they were removed before.
 *  J10 Careful   after `expireAfter(days)`, the store may by itself remove activities that are older than `days`, but no younger ones. After
 *                `expireAfter(undefined)`, it removes none by itself. `removeActivities` works independently of this.
 *  J11 Alone     at most one caller, over all handles, holds the claim to sweep; see B11 of `DeadLetterRepository`.
 *  J12 Apart     settings and removals of one project do not change any other project.
 *  J13 Honest    while the store is unreachable, every method rejects with STORE_UNAVAILABLE or STORE_TIMEOUT, and works again
 *                afterwards. No driver error crosses the port.
 *  J14 Measured  `measureActivities` returns the size of the activities of one portion, and where to continue, as in J7. An activity counts
 *                the bytes of its texts and its metadata in UTF-8, and 1 to 1,000 bytes more. Numbers and other values that are not texts may
 *                count as the store writes them. Removed activities do not count.
 */
export interface ProjectRepository {
  find(query: ProjectQuery): Promise<ProjectPage>;
  /** Returns all settings in any order: those of at most `maxProjectSettings` projects, or a few more after concurrent calls (J4). */
  findSettings(): Promise<readonly SettingsOfProject[]>;
  /** Returns the settings after the change. */
  changeSettings(project: ProjectId, change: SettingsChange): Promise<ProjectSettings | 'too-many'>;
  beginErasure(project: ProjectId, now: Timestamp): Promise<Erasure>;
  /** Accepts at most a few thousand projects. Never returns data that is older than the call. */
  findErasures(projects: readonly ProjectId[]): Promise<readonly KeptErasure[]>;
  /** Returns at most `limit` unfinished erasures, in any order. */
  findErasing(limit: number): Promise<readonly Erasure[]>;
  endErasure(erasure: Erasure): Promise<void>;
  removeActivities(removal: ActivityRemoval): Promise<RemovedPortion>;
  measureActivities(measurement: ActivityMeasurement): Promise<MeasuredPortion>;
  removeLetters(project: ProjectId, diedUpTo: Timestamp, limit: number): Promise<number>;
  /** Accepts at most a few thousand records. */
  removeErased(records: readonly ErasedRecord[]): Promise<void>;
  expireAfter(days: RetentionDays | undefined): Promise<void>;
  claimSweep(claim: Claim): Promise<'claimed' | 'taken'>;
  releaseSweep(claim: Claim): Promise<void>;
}
