import { type ActivityFilter, type DeadLetterFilter, edgeTopic, type KeyField } from '@user-activity/domain';
import type { IndexKey } from './ranges.ts';

const order = { createdAt: -1, _id: -1 } as const;
const byUser = { userId: 1, ...order } as const;
const byType = { type: 1, ...order } as const;
const byUserAndType = { userId: 1, type: 1, ...order } as const;

/** The indexes of activities: one for each combination of user and type, so that a page examines little more than its own documents. */
export const activityIndexes: readonly IndexKey[] = [byUser, byType, byUserAndType, order];

const deadLetterOrder = { diedAt: -1, _id: -1 } as const;

/** Orders dead letters by code and time. */
export const deadLettersByCode: IndexKey = { code: 1, ...deadLetterOrder };

/** Orders the dead letters that name an activity, for the latest dead letter of each activity. */
export const deadLettersByActivity = {
  key: { activityId: 1, diedAt: -1 },
  partialFilterExpression: { activityId: { $exists: true } },
} as const;

/** Orders the dead letters of the edge from the oldest on, with their sizes, for the sweep. */
export const deadLettersOfEdge: { readonly key: IndexKey; readonly partialFilterExpression: object } = {
  key: { 'origin.topic': 1, diedAt: 1, _id: 1, bytes: 1 },
  partialFilterExpression: { 'origin.topic': edgeTopic },
};

/** The indexes of dead letters, as MongoDB creates them. */
export const deadLetterIndexes: readonly { readonly key: IndexKey }[] = [
  { key: deadLettersByCode },
  { key: deadLetterOrder },
  deadLettersByActivity,
  deadLettersOfEdge,
];

/** Returns the index for a filter of dead letters. */
export const deadLetterIndexFor = ({ codes }: DeadLetterFilter): IndexKey =>
  codes.length > 0 ? deadLettersByCode : deadLetterOrder;

/** Returns the index for a filter. MongoDB itself chooses by a sample, and then sometimes reads most of the collection. */
export function indexFor({ userIds, types }: ActivityFilter): IndexKey {
  if (userIds.length > 0) return types.length > 0 ? byUserAndType : byUser;
  return types.length > 0 ? byType : order;
}

/** Returns the index for a filter that also holds the counted field, so that no document has to be read. */
export function keyIndexFor(
  { userIds, types }: Pick<ActivityFilter, 'userIds' | 'types'>,
  field: KeyField,
): IndexKey {
  if (field === 'userId') return types.length > 0 ? byUserAndType : byUser;
  return userIds.length > 0 ? byUserAndType : byType;
}
