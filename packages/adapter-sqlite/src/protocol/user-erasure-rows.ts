import type { Position } from './branches.ts';

/**
 * A recorded erasure of a user. `user` is the digest of the user id. `requestedAt` is in milliseconds since 1970. `log`, `partition` and
 * `offset` are the position of the request on the log. `userId` is null once the erasure is done.
 */
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

/** The progress of an erasure. `user` is null until it is recorded. `userId` is null until it is recorded, and again once it is done. */
export type ProgressRow = readonly [user: string | null, userId: string | null, erased: number];

/** The time of the request and the id of an erasure that is not done. Open erasures are sorted by both. */
export type OpenRow = readonly [requestedAt: number, id: string];

/** The values that decide which activities and dead letters an erasure covers: see `isCovered` and `isLetterCovered` of the domain. */
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
  /** The user id that replaces `userId` in the activities. Null if the activities are removed. */
  readonly replacement: string | null;
}

export interface UserRemovalInput {
  readonly cover: CoverInput;
  /** The job examines at most `limit` activities after this position. Null to begin with the first activity. */
  readonly after: Position | null;
  readonly limit: number;
}

/** The keys of activities that an erasure may cover. */
export interface CoveredKeys {
  readonly cover: CoverInput;
  readonly keys: readonly string[];
}
