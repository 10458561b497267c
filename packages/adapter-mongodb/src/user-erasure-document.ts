import {
  ErasureId,
  type ErasureMode,
  type KeptUserErasure,
  LogId,
  type OpenErasure,
  type PlacedErasure,
  ProjectId,
  Timestamp,
  UserDigest,
  UserId,
} from '@user-activity/domain';

/** An erasure of a user, in the collection `user_erasures`. The document stays after the end of the erasure. */
export interface UserErasureDocument {
  /** The id of the erasure. */
  readonly _id: string;
  readonly project: string;
  /** The number of activities that were removed or anonymised. */
  readonly erased: number;
  /** Absent until a consumer has recorded the erasure. */
  readonly recorded?: RecordedPart;
  /** Absent before the erasure is recorded, and after its end. */
  readonly userId?: string;
}

interface RecordedPart {
  /** The digest of the user id. */
  readonly user: string;
  readonly mode: ErasureMode;
  readonly requestedAt: Date;
  readonly place: { readonly log: string; readonly partition: number; readonly offset: number };
  readonly topic: string;
}

/** The document of a recorded erasure. */
export type RecordedDocument = UserErasureDocument & { readonly recorded: RecordedPart };

/** The index for the erasures of a user. */
export const erasuresByUser = { key: { 'recorded.user': 1 } } as const;

/** The index for the erasures that are not done, the oldest first. */
export const openErasuresIndex = {
  key: { 'recorded.requestedAt': 1, _id: 1 },
  partialFilterExpression: { userId: { $exists: true } },
} as const;

export const recordedPart = ({ user, mode, requestedAt, place, topic }: PlacedErasure): RecordedPart => ({
  user,
  mode,
  requestedAt: new Date(requestedAt),
  place: { ...place },
  topic,
});

export const userErasureFromDocument = ({ _id, project, recorded }: RecordedDocument): PlacedErasure => ({
  id: ErasureId.trusted(_id),
  project: ProjectId.trusted(project),
  user: UserDigest.trusted(recorded.user),
  mode: recorded.mode,
  requestedAt: Timestamp.trusted(recorded.requestedAt.getTime()),
  place: { ...recorded.place, log: LogId.trusted(recorded.place.log) },
  topic: recorded.topic,
});

export const keptErasureFromDocument = (document: RecordedDocument): KeptUserErasure => ({
  ...userErasureFromDocument(document),
  userId: document.userId === undefined ? undefined : UserId.trusted(document.userId),
  erased: document.erased,
});

/** Converts the document of an erasure that is not done. */
export const openErasureFromDocument = (document: RecordedDocument): OpenErasure => ({
  ...userErasureFromDocument(document),
  userId: UserId.trusted(document.userId ?? ''),
});
