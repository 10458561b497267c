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
 * How far an erasure is:
 *  - `accepted`  its request is on the log;
 *  - `running`   a consumer has recorded it: no later query finds what is stored from now on and lies below it;
 *  - `done`      nothing that it covers is in the store.
 */
export type ErasureStatus = 'accepted' | 'running' | 'done';

export interface ErasureProgress {
  readonly id: ErasureId;
  readonly status: ErasureStatus;
  /** The number of activities that were removed or anonymised. */
  readonly erased: number;
}

/** An erasure as the store keeps it for good. */
export interface RecordedErasure extends PlacedErasure {
  /** Whether the store may still hold something that it covers. */
  readonly isOpen: boolean;
}

/** A recorded erasure that is not done. The store keeps the name of its user until then. */
export interface OpenErasure extends PlacedErasure {
  readonly userId: UserId;
}

/** An erasure with all that a store keeps of it. */
export interface KeptUserErasure extends PlacedErasure {
  /** The name of the user. Undefined if the erasure is done. */
  readonly userId: UserId | undefined;
  /** The number of activities that were removed or anonymised. */
  readonly erased: number;
}

/** A position in the order of the erasures that are not done. */
export type OpenPosition = Pick<OpenErasure, 'requestedAt' | 'id'>;

/** Asks for the removal of what an erasure covers, one portion at a time, by (createdAt, id). */
export interface UserRemoval {
  readonly erasure: OpenErasure;
  /** Replaces the user of each activity, and removes its metadata. Undefined: the activities are removed. */
  readonly replacement: UserId | undefined;
  readonly after: Position | undefined;
  /** The maximum number of activities that the portion looks at. */
  readonly limit: number;
}

/** A record of the log whose user was erased. The erasure need not cover the record itself. */
export interface ErasedUserRecord extends ActivityKey {
  readonly erasure: PlacedErasure;
  readonly userId: UserId;
  readonly replacement: UserId | undefined;
}

/**
 * Records erasures of users for good, and removes what they cover.
 *  E1 Recorded   once `record` resolves, a new handle returns the erasure. The first place of an id stays. A recorded erasure is
 *                `running` until `finish`, and never `accepted` again.
 *  E2 Announced  `announce` makes an erasure known before a consumer has recorded it. It changes no known erasure.
 *  E3 Found      `findByUsers` returns every recorded erasure of these users, in every project, each once and in any order, also after
 *                its end, and never older than the call.
 *  E4 Nameless   after `finish`, the store has the digest of the user, and not the name.
 *  E5 Removed    `removeActivities` removes or anonymises exactly what the erasure covers of what the portion looks at, by an index. A walk over
 *                all portions covers everything that was stored before it.
 *  E6 Letters    `removeLetters` removes at most `limit` dead letters of the user that the erasure covers, in the `projectsOfUser`: those
 *                from the log by the place of their first copy, those of the edge by the time of their death. It returns how many it
 *                found. If they are fewer than `limit`, none is left.
 *  E7 Records    `removeRecords` removes or anonymises the activities under the ids of these records if they belong to the user and the
 *                erasure covers them, and removes the dead letters with these ids. Removing what is gone is no error. The records are in
 *                the order of `compareErasures`, and the first one with an id that covers its activity decides.
 *  E8 Counted    `find` returns how many activities `removeActivities` and `removeRecords` have removed or anonymised for the erasure.
 *                If a call fails half-way, the number may be too low.
 *  E9 Apart      users, and projects, are apart.
 *  E10 Honest    while the store is unreachable, every method rejects with STORE_UNAVAILABLE or STORE_TIMEOUT, and works again
 *                afterwards. No driver error crosses the port.
 *  E11 Moved      `findAll` returns every recorded erasure, sorted by id bytewise, in pages. `keep` stores it in another ledger, equal in
 *                every part, and changes no recorded erasure.
 */
export interface ErasureLedger {
  announce(erasure: UserErasure): Promise<void>;
  record(erasure: OpenErasure): Promise<void>;
  find(project: ProjectId, id: ErasureId): Promise<ErasureProgress | undefined>;
  /** Returns whether no erasure is recorded. Then no user needs to be looked up. Never older than the call. */
  isEmpty(): Promise<boolean>;
  /** Takes at most some thousand users. */
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
