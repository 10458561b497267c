import type { ActivityFilter } from '@user-activity/domain';

/** The fields of an index, in their order and each with its direction. */
export type IndexKey = Readonly<Record<string, 1 | -1>>;

const order = { createdAt: -1, _id: -1 } as const;
const byUser = { userId: 1, ...order } as const;
const byType = { type: 1, ...order } as const;
const byUserAndType = { userId: 1, type: 1, ...order } as const;

/** One index for each shape of question: the documents examined are those of the page, whatever the filter. */
export const indexes: readonly IndexKey[] = [byUser, byType, byUserAndType, order];

/** The index that serves a filter. MongoDB's own choice goes by a sample, and is at times a walk past most of the collection. */
export function indexFor({ userIds, types }: ActivityFilter): IndexKey {
  if (userIds.length > 0) return types.length > 0 ? byUserAndType : byUser;
  return types.length > 0 ? byType : order;
}
