import type { Position } from './branches.ts';

/** A recorded erasure of a user, with its time in milliseconds since 1970. `userId` is null once it is done. */
export type UserErasureRow = readonly [
  id: string,
  project: string,
  user: string,
  mode: string,
  requestedAt: number,
  log: string,
  partition: number,
  offset: number,
  topic: string,
  userId: string | null,
];

/** An erasure with the number of erased activities. */
export type KeptErasureRow = readonly [...erasure: UserErasureRow, erased: number];

/** How far an erasure is. `user` is null if it is not recorded, and `userId` is null if it is not recorded, or done. */
export type ProgressRow = readonly [user: string | null, userId: string | null, erased: number];

/** The time and the id of an erasure that is not done. */
export type OpenRow = readonly [requestedAt: number, id: string];

/** What an erasure covers: see `isCovered` and `isLetterCovered`. */
export interface CoverInput {
  /** The id of the erasure. */
  readonly id: string;
  readonly project: string;
  readonly userId: string;
  readonly log: string;
  readonly partition: number;
  readonly offset: number;
  readonly topic: string;
  readonly requestedAt: number;
  /** Replaces the user. Null: activities are removed. */
  readonly replacement: string | null;
}

export interface UserRemovalInput {
  readonly cover: CoverInput;
  /** The time and the key after which the portion begins. */
  readonly after: Position | null;
  readonly limit: number;
}

/** Activities of a user whose keys are those of records. */
export interface CoveredKeys {
  readonly cover: CoverInput;
  readonly keys: readonly string[];
}
