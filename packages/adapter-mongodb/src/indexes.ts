import { type ActivityFilter, type DeadLetterFilter, edgeTopic, type KeyField } from '@user-activity/domain';
import type { IndexKey } from './ranges.ts';

const order = { createdAt: -1, _id: -1 } as const;
const byUser = { userId: 1, ...order } as const;
const byType = { type: 1, ...order } as const;
const byUserAndType = { userId: 1, type: 1, ...order } as const;

/** One index for each shape of question: the documents examined are those of the page, whatever the filter. */
export const indexes: readonly IndexKey[] = [byUser, byType, byUserAndType, order];

const letterOrder = { diedAt: -1, _id: -1 } as const;
const byCode = { code: 1, ...letterOrder } as const;

/** The same for dead letters. */
export const letterIndexes: readonly IndexKey[] = [byCode, letterOrder];

/** Of letters that name an activity: when the last of each died is an end of a range. */
export const letterIndexByActivity = {
  key: { activityId: 1, diedAt: -1 },
  partialFilterExpression: { activityId: { $exists: true } },
} as const;

/** Serves the sweep: the letters of the edge from the oldest on, with their sizes. */
export const letterIndexOfEdge: { readonly key: IndexKey; readonly partialFilterExpression: object } = {
  key: { 'origin.topic': 1, diedAt: 1, _id: 1, bytes: 1 },
  partialFilterExpression: { 'origin.topic': edgeTopic },
};

/** Dead letters by their code, and the time of their death. */
export const letterIndexByCode: IndexKey = byCode;

/** The index that serves a filter of dead letters. */
export const letterIndexFor = ({ codes }: DeadLetterFilter): IndexKey =>
  codes.length > 0 ? byCode : letterOrder;

/** The index that serves a filter. MongoDB's own choice goes by a sample, and is at times a walk past most of the collection. */
export function indexFor({ userIds, types }: ActivityFilter): IndexKey {
  if (userIds.length > 0) return types.length > 0 ? byUserAndType : byUser;
  return types.length > 0 ? byType : order;
}

/** The index that serves a filter and holds the field that is counted by: no document has to be read. */
export function keyIndexFor(
  { userIds, types }: Pick<ActivityFilter, 'userIds' | 'types'>,
  field: KeyField,
): IndexKey {
  if (field === 'userId') return types.length > 0 ? byUserAndType : byUser;
  return userIds.length > 0 ? byUserAndType : byType;
}
