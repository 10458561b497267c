import type { ActivityQuery } from '@user-activity/domain';
import type { Filter, FindCursor } from 'mongodb';
import type { ActivityDocument } from './activity-document.ts';
import type { MongoStore } from './mongo-store.ts';

/** The documents of a page and, where there is one, the first behind it. */
export async function readPage(
  store: MongoStore,
  query: ActivityQuery,
): Promise<readonly ActivityDocument[]> {
  const documents: ActivityDocument[] = [];
  for (const filter of rangesOf(query)) {
    const most = query.limit + 1 - documents.length;
    if (most > 0) documents.push(...(await find(store, query, filter, most).toArray()));
  }
  return documents;
}

/** One range of one index. */
export function find(
  { activities, timeoutMs }: MongoStore,
  { order }: Pick<ActivityQuery, 'order'>,
  filter: Filter<ActivityDocument>,
  most: number,
): FindCursor<ActivityDocument> {
  const direction = order === 'asc' ? 1 : -1;
  return activities
    .find(filter, { maxTimeMS: timeoutMs })
    .sort({ createdAt: direction, _id: direction })
    .limit(most)
    .batchSize(most);
}

/**
 * What lies behind the position, as ranges that follow each other: the rest of its moment, then the moments behind it.
 * A single condition with `$or` would have MongoDB read more than the page.
 */
export function rangesOf({ filter, order, after }: ActivityQuery): readonly Filter<ActivityDocument>[] {
  const { userIds, types, createdAt } = filter;
  const equal: Filter<ActivityDocument> = {
    ...(userIds.length > 0 ? { userId: anyOf(userIds) } : {}),
    ...(types.length > 0 ? { type: anyOf(types) } : {}),
  };
  const bounds = {
    ...(createdAt.from === undefined ? {} : { $gte: new Date(createdAt.from) }),
    ...(createdAt.to === undefined ? {} : { $lt: new Date(createdAt.to) }),
  };
  if (after === undefined)
    return [{ ...equal, ...(Object.keys(bounds).length > 0 ? { createdAt: bounds } : {}) }];
  const moment = new Date(after.createdAt);
  const behind = order === 'asc' ? '$gt' : '$lt';
  const rest = createdAt.holds(after.createdAt)
    ? [{ ...equal, createdAt: moment, _id: { [behind]: after.id } }]
    : [];
  return [...rest, { ...equal, $and: [{ createdAt: bounds }, { createdAt: { [behind]: moment } }] }].map(
    (range) =>
      '$and' in range && Object.keys(bounds).length === 0
        ? { ...equal, createdAt: { [behind]: moment } }
        : range,
  );
}

const anyOf = (values: readonly string[]): string | { $in: string[] } =>
  values.length === 1 ? (values[0] ?? '') : { $in: [...values] };
