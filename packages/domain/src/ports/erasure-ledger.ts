import type { ActivityKey } from '../activity/activity-key.ts';
import type { ProjectId } from '../activity/project-id.ts';
import type { UserId } from '../activity/user-id.ts';
import type { ErasureId } from '../erasure/erasure-id.ts';
import type { PlacedErasure } from '../erasure/placed-erasure.ts';
import type { UserDigest } from '../erasure/user-digest.ts';
import type { UserErasure } from '../erasure/user-erasure.ts';
import type { DeadLetterId } from '../log/dead-letter-id.ts';
import type { Position } from '../query/activity-query.ts';

/**
 * The status of the erasure of a user:
 *  - `accepted`  the request is on the log;
 *  - `running`   a consumer has recorded the erasure. The store may still have activities that it covers. If another such activity is stored
 *                from now on, no query finds it;
 *  - `done`      the store has nothing left that the erasure covers.
 */
export type ErasureStatus = 'accepted' | 'running' | 'done';

/** The progress of the erasure of a user. */
export interface ErasureProgress {
  readonly id: ErasureId;
  readonly status: ErasureStatus;
  /** The number of activities that were removed or anonymised. */
  readonly erased: number;
}

/** An erasure that a consumer has recorded. The store keeps it for ever. */
export interface RecordedErasure extends PlacedErasure {
  /** Whether the erasure is not done, so that the store may still have something that it covers. */
  readonly isOpen: boolean;
}

/** A recorded erasure that is not done. The store keeps the id of its user only until it is done. */
export interface OpenErasure extends PlacedErasure {
  readonly userId: UserId;
}

/** A recorded erasure with everything that a store keeps about it. */
export interface KeptUserErasure extends PlacedErasure {
  /** The id of the user. Undefined if the erasure is done. */
  readonly userId: UserId | undefined;
  /** The number of activities that were removed or anonymised. */
  readonly erased: number;
}

/** A position in the list of open erasures: right after the erasure with this time and id. */
export type OpenPosition = Pick<OpenErasure, 'requestedAt' | 'id'>;

/** Asks for the removal of the activities that an erasure covers, one portion at a time, by (createdAt, id). */
export interface UserRemoval {
  readonly erasure: OpenErasure;
  /** The user that replaces the erased one in activities that stay, without metadata. If undefined, the activities are removed. */
  readonly replacement: UserId | undefined;
  /** The position after which the portion begins; undefined for the beginning. */
  readonly after: Position | undefined;
  /** The maximum number of activities that the portion looks at. */
  readonly limit: number;
}

/** A record of the log whose user was erased, maybe by an erasure that does not cover the record itself. */
export interface ErasedUserRecord extends ActivityKey {
  readonly erasure: PlacedErasure;
  readonly userId: UserId;
  /** As in `UserRemoval`. */
  readonly replacement: UserId | undefined;
}

/**
 * Keeps the erasures of users for ever, and removes what they cover.
 *  E1 Recorded   once `record` resolves, a new handle returns the erasure. An erasure that is recorded again keeps its first log position. A
 *                recorded erasure is `running` until `finish`, and never `accepted` again.
 *  E2 Announced  `announce` makes an erasure known before a consumer has recorded it. It does not change an erasure that is known already.
 *  E3 Found      `findByUsers` returns every recorded erasure of these users, in every project, open or done, each once and in any order. It
 *                never returns data that is older than the call.
 *  E4 Nameless   after `finish`, the store has only the digest of the user's id, and no longer the id.
 *  E5 Removed    `removeActivities` looks at one portion of the user's activities, by an index, and removes or anonymises exactly those that the
 *                erasure covers. A walk over all portions covers everything that was stored before the walk.
 *  E6 Letters    `removeLetters` removes at most `limit` dead letters of the user that the erasure covers, in the `projectsOfUser`. As in
 *                `isLetterCovered`, it compares the offset of the letter's origin or, for calls that the API refused, the time at which the
 *                letter was made. It returns how many letters it found. If that is fewer than `limit`, no letter is left.
 *  E7 Records    `removeRecords` removes or anonymises the activities with the ids of these records if they belong to the user and the
 *                erasure covers them. It also removes the dead letters with the given ids. It is no error if they were removed before. The
 *                records are in the order of `compareErasures`. If several have the same id, the first erasure that covers the activity decides.
 *  E8 Counted    `find` returns how many activities `removeActivities` and `removeRecords` have removed or anonymised for the erasure.
 *                If a call fails half-way, the number may be too low.
 *  E9 Apart      an erasure affects no other user and no other project.
 *  E10 Honest    while the store is unreachable, every method rejects with STORE_UNAVAILABLE or STORE_TIMEOUT, and works again
 *                afterwards. No driver error crosses the port.
 *  E11 Moved     `findAll` returns every recorded erasure, sorted by id bytewise, in pages. `keep` stores such an erasure in another ledger,
 *                equal in every field. It does not change an erasure that is recorded there already.
 */
export interface ErasureLedger {
  announce(erasure: UserErasure): Promise<void>;
  record(erasure: OpenErasure): Promise<void>;
  find(project: ProjectId, id: ErasureId): Promise<ErasureProgress | undefined>;
  /** Returns whether no erasure is recorded. Then callers need not look users up. Never returns data that is older than the call. */
  isEmpty(): Promise<boolean>;
  /** Accepts at most a few thousand users. */
  findByUsers(users: readonly UserDigest[]): Promise<readonly RecordedErasure[]>;
  /** Returns at most `limit` recorded erasures that are not done and come after `after`, sorted by (requestedAt, id). */
  findOpen(limit: number, after?: OpenPosition): Promise<readonly OpenErasure[]>;
  /** Returns at most `limit` recorded erasures with ids after `after`. */
  findAll(limit: number, after?: ErasureId): Promise<readonly KeptUserErasure[]>;
  keep(erasure: KeptUserErasure): Promise<void>;
  removeActivities(
    removal: UserRemoval,
  ): Promise<{ readonly removed: number; readonly next: Position | undefined }>;
  removeLetters(erasure: OpenErasure, limit: number): Promise<number>;
  removeRecords(records: readonly ErasedUserRecord[], letters: readonly DeadLetterId[]): Promise<void>;
  finish(id: ErasureId): Promise<void>;
}
