import { type ActivityFilter, type DeadLetterFilter, edgeTopic, type KeyField } from '@user-activity/domain';
import type { IndexKey } from './ranges.ts';

const order = { createdAt: -1, _id: -1 } as const;
const byUser = { userId: 1, ...order } as const;
const byType = { type: 1, ...order } as const;
const byUserAndType = { userId: 1, type: 1, ...order } as const;

/** One index for each combination of user and type, so that a page examines little more than its own documents. */
export const activityIndexes: readonly IndexKey[] = [byUser, byType, byUserAndType, order];

const deadLetterOrder = { diedAt: -1, _id: -1 } as const;

export const deadLettersByCode: IndexKey = { code: 1, ...deadLetterOrder };

/** For the latest dead letter of each activity. */
export const deadLettersByActivity = {
  key: { activityId: 1, diedAt: -1 },
  partialFilterExpression: { activityId: { $exists: true } },
} as const;

/** For the sweep of the dead letters of the edge: from the oldest, with their sizes. */
export const deadLettersOfEdge = {
  key: { 'origin.topic': 1, diedAt: 1, _id: 1, bytes: 1 },
  partialFilterExpression: { 'origin.topic': edgeTopic },
} as const;

export const deadLetterIndexes: readonly { readonly key: IndexKey }[] = [
  { key: deadLettersByCode },
  { key: deadLetterOrder },
  deadLettersByActivity,
  deadLettersOfEdge,
];

export const deadLetterIndexFor = ({ codes }: DeadLetterFilter): IndexKey =>
  codes.length > 0 ? deadLettersByCode : deadLetterOrder;

/** Chooses the index for a filter. MongoDB would choose by a sample, and then sometimes read most of the collection. */
export function indexFor({ userIds, types }: ActivityFilter): IndexKey {
  if (userIds.length > 0) return types.length > 0 ? byUserAndType : byUser;
  return types.length > 0 ? byType : order;
}

/** Chooses an index for a filter that also contains the counted field, so that MongoDB reads no document. */
export function keyIndexFor({ userIds, types }: ActivityFilter, field: KeyField): IndexKey {
  if (field === 'userId') return types.length > 0 ? byUserAndType : byUser;
  return userIds.length > 0 ? byUserAndType : byType;
}
