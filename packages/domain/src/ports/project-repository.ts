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
 *  J1  Listed    `find` returns every project with settings, an erasure under way, activities or dead letters: each once, with its
 *                settings, sorted by id bytewise. It steps over an index from project to project, and may do so
 *                beyond the page.
 *  J2  Paged     a page has at most `limit` projects, and `hasMore` tells whether more follow. The pages of a walk have no gaps
 *                and no repeats.
 *  J3  Kept      once `changeSettings` resolves, a new handle returns the changed settings. Of concurrent changes of different settings,
 *                none is lost.
 *  J4  Limited   at most `maxProjectSettings` projects have settings: `changeSettings` returns 'too-many' for the next, and changes
 *                nothing. Others can still be changed. Each of concurrent calls may add one too many.
 *  J5  Marked    once `beginErasure` resolves, a new handle returns the erasure, with `nextErasedAt`, whatever calls run at the same
 *                time. The project's settings are gone. `findErasures` returns those of the given projects, also after their end, and says
 *                which of them have ended.
 *  J6  Ended     `endErasure` ends an erasure only if its `erasedAt` is still the latest. `findErasing` returns those that have not ended.
 *  J7  Expiring  `removeActivities` removes exactly what its limits name, oldest first by (createdAt, id). It looks at no more than
 *                `limit` activities, by an index, and returns where to continue. So a walk over all portions removes everything that
 *                was stored before it, in one pass, however much stays.
 *  J8  Letters   `removeLetters` removes at most `limit` dead letters that died at or before a moment, and returns their number.
 *  J9  Erased    `removeErased` removes the dead letters of these records, and the activities that are stored under their ids. It
 *                leaves an activity that was received after the erasure. Removing what is gone is no error.
 *  J10 Careful   after `expireAfter`, the store may remove activities by itself, but none that are younger than these days. Undefined
 *                ends this. Removals by `removeActivities` do not depend on it.
 *  J11 Alone     at most one caller, over all handles, holds the claim to sweep: as B11 of `DeadLetterRepository`.
 *  J12 Apart     settings and removals of one project leave every other project as it is.
 *  J13 Honest    while the store is unreachable, every method rejects with STORE_UNAVAILABLE or STORE_TIMEOUT, and works again
 *                afterwards. No driver error crosses the port.
 *  J14 Measured  `measureActivities` returns the bytes of the activities of one portion, and where to continue, as J7. An activity
 *                counts with its texts and its metadata in UTF-8, and with 1 to 1,000 bytes more. A store may count other values
 *                than texts in its own form. Activities that a project no longer has do not count.
 */
export interface ProjectRepository {
  find(query: ProjectQuery): Promise<ProjectPage>;
  /** Returns every project with settings, in any order: `maxProjectSettings` at most, except for J4. */
  findSettings(): Promise<readonly SettingsOfProject[]>;
  /** Returns the settings after the change. */
  changeSettings(project: ProjectId, change: SettingsChange): Promise<ProjectSettings | 'too-many'>;
  beginErasure(project: ProjectId, now: Timestamp): Promise<Erasure>;
  /** Takes at most some thousand projects. The answer is never older than the call. */
  findErasures(projects: readonly ProjectId[]): Promise<readonly KeptErasure[]>;
  /** Returns at most `limit` erasures that have not ended, in any order. */
  findErasing(limit: number): Promise<readonly Erasure[]>;
  endErasure(erasure: Erasure): Promise<void>;
  removeActivities(removal: ActivityRemoval): Promise<RemovedPortion>;
  measureActivities(measurement: ActivityMeasurement): Promise<MeasuredPortion>;
  removeLetters(project: ProjectId, diedUpTo: Timestamp, limit: number): Promise<number>;
  /** Takes at most some thousand records. */
  removeErased(records: readonly ErasedRecord[]): Promise<void>;
  expireAfter(days: RetentionDays | undefined): Promise<void>;
  claimSweep(claim: Claim): Promise<'claimed' | 'taken'>;
  releaseSweep(claim: Claim): Promise<void>;
}
