import { type ActivityFilter, type DeadLetterFilter, edgeTopic, type KeyField } from '@user-activity/domain';
import type { IndexKey } from './ranges.ts';

/** An index of a collection. Its name is the default name that the driver derives from its key. */
export interface IndexSpec {
  readonly key: IndexKey;
  readonly partialFilterExpression?: object;
  /** Whether consecutive documents have keys at random positions of the index, so that MongoDB writes a page for nearly each document. */
  readonly isWrittenAtRandom?: true;
}

const time = { createdAt: -1, _id: -1 } as const;
/** The index for all activities of a project, by (createdAt, id). */
export const activityOrder = { project: 1, ...time } as const;
/** The index for the activities of a user, by (createdAt, id). */
export const activitiesByUser = { project: 1, userId: 1, ...time } as const;
const byType = { project: 1, type: 1, ...time } as const;
const byUserAndType = { project: 1, userId: 1, type: 1, ...time } as const;

/** The index for the activities of one partition of a log, by offset. Activities of older versions have no origin. */
export const activitiesByOrigin = {
  key: { project: 1, 'origin.log': 1, 'origin.partition': 1, 'origin.offset': 1 },
  partialFilterExpression: { 'origin.log': { $exists: true } },
} as const;

/** The indexes of versions without projects. */
const olderActivityIndexes: readonly IndexKey[] = [
  { userId: 1, ...time },
  { type: 1, ...time },
  { userId: 1, type: 1, ...time },
  time,
];

const deathTime = { diedAt: -1, _id: -1 } as const;
/** The index for all dead letters of a project, by (diedAt, id). */
export const deadLetterOrder = { project: 1, ...deathTime } as const;
const deadLettersByCode = { project: 1, code: 1, ...deathTime } as const;

/** The index for the sweep of the dead letters from the log, over all projects. */
export const deadLettersForSweep: IndexKey = { code: 1, ...deathTime };

const withActivity = { partialFilterExpression: { activityId: { $exists: true } } } as const;

/** The index for the latest dead letter of each activity. */
export const deadLettersByActivity = {
  key: { project: 1, activityId: 1, diedAt: -1 },
  ...withActivity,
} as const;

/** The index for the dead letters of a user. The key of a record is the id of its user. */
export const deadLettersByKey = {
  key: { project: 1, key: 1 },
  partialFilterExpression: { key: { $type: 'binData' } },
} as const;

/** The index for the sweep of the dead letters of the edge (of refused requests), over all projects. It has their sizes, oldest first. */
export const deadLettersOfEdge = {
  key: { 'origin.topic': 1, diedAt: 1, _id: 1, bytes: 1 },
  partialFilterExpression: { 'origin.topic': edgeTopic },
} as const;

/** The indexes of a collection whose documents belong to projects. */
export interface CollectionIndexes {
  readonly collection: 'activities' | 'dead_letters';
  readonly current: readonly IndexSpec[];
  /** The index that finds documents without a project. */
  readonly byProject: IndexKey;
  /** The indexes of versions without projects that no query of this version uses. */
  readonly older: readonly IndexSpec[];
}

export const collectionIndexes: readonly CollectionIndexes[] = [
  {
    collection: 'activities',
    // One index for each combination of user and type, so that a page examines little more than its own documents.
    current: [
      { key: activitiesByUser, isWrittenAtRandom: true },
      { key: byType },
      { key: byUserAndType, isWrittenAtRandom: true },
      { key: activityOrder },
      activitiesByOrigin,
    ],
    byProject: activityOrder,
    older: olderActivityIndexes.map((key) => ({ key })),
  },
  {
    collection: 'dead_letters',
    current: [
      { key: deadLettersByCode },
      { key: deadLetterOrder },
      { key: deadLettersForSweep },
      deadLettersByActivity,
      deadLettersByKey,
      deadLettersOfEdge,
    ],
    byProject: deadLetterOrder,
    older: [{ key: deathTime }, { key: { activityId: 1, diedAt: -1 }, ...withActivity }],
  },
];

export const deadLetterIndexFor = ({ codes }: DeadLetterFilter): IndexKey =>
  codes.length > 0 ? deadLettersByCode : deadLetterOrder;

/** Chooses the index for a filter. MongoDB itself would choose by a sample, and sometimes read most of the collection. */
export function indexFor({ userIds, types }: ActivityFilter): IndexKey {
  if (userIds.length > 0) return types.length > 0 ? byUserAndType : activitiesByUser;
  return types.length > 0 ? byType : activityOrder;
}

/** Chooses an index that contains the fields of the filter and the counted field, so that MongoDB reads no document. */
export function keyIndexFor({ userIds, types }: ActivityFilter, field: KeyField): IndexKey {
  if (field === 'userId') return types.length > 0 ? byUserAndType : activitiesByUser;
  return userIds.length > 0 ? byUserAndType : byType;
}
