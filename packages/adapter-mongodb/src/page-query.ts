import type { ActivityFilter, ActivityQuery } from '@user-activity/domain';
import type { FindCursor } from 'mongodb';
import { conditionsOf } from './activity-conditions.ts';
import type { ActivityDocument } from './activity-document.ts';
import { budgetOf } from './budget.ts';
import { indexFor } from './indexes.ts';
import type { MongoStore } from './mongo-store.ts';
import { type Range, rangesIn, sortOf } from './ranges.ts';

const field = 'createdAt';

/** So many ranges of an index MongoDB merges in their order; of more it would sort all that they hold. */
const mostMerged = 200;

/** The documents of a page and, where there is one, the first behind it. */
export async function readPage(
  store: MongoStore,
  query: ActivityQuery,
): Promise<readonly ActivityDocument[]> {
  const documents: ActivityDocument[] = [];
  const timeLeft = budgetOf(store.timeoutMs);
  for (const range of rangesOf(query)) {
    const most = query.limit + 1 - documents.length;
    if (most === 0) break;
    const maxTimeMS = timeLeft();
    const parts = partsOf(query.filter).map((part) =>
      find(store, { ...query, filter: part }, range, most, maxTimeMS).toArray(),
    );
    const found = (await Promise.all(parts)).flat();
    const inOrder = query.order === 'asc' ? ascending : descending;
    documents.push(...(parts.length === 1 ? found : found.toSorted(inOrder)).slice(0, most));
  }
  return documents;
}

/** Ids are ASCII: JavaScript compares them as MongoDB does. */
function ascending(a: ActivityDocument, b: ActivityDocument): number {
  return a.createdAt.getTime() - b.createdAt.getTime() || (a._id < b._id ? -1 : 1);
}

const descending = (a: ActivityDocument, b: ActivityDocument): number => ascending(b, a);

/** The filter in as many parts as it needs for MongoDB to merge each. */
export function partsOf(filter: ActivityFilter): readonly ActivityFilter[] {
  const { userIds, types } = filter;
  if (userIds.length * types.length <= mostMerged) return [filter];
  const size = Math.floor(mostMerged / userIds.length);
  const parts: ActivityFilter[] = [];
  for (let from = 0; from < types.length; from += size)
    parts.push({ ...filter, types: types.slice(from, from + size) });
  return parts;
}

/** One part of a filter within one range of positions. */
export function find(
  { activities }: MongoStore,
  { filter, order }: Pick<ActivityQuery, 'filter' | 'order'>,
  range: Range,
  most: number,
  maxTimeMS: number,
): FindCursor<ActivityDocument> {
  return activities.find(conditionsOf(filter, range), {
    sort: sortOf({ field, order }, range),
    limit: most,
    batchSize: most,
    maxTimeMS,
    hint: indexFor(filter),
  });
}

/** The ranges of positions of a page. */
export const rangesOf = ({ filter, order, after }: ActivityQuery): readonly Range[] =>
  rangesIn({
    field,
    within: filter.createdAt,
    order,
    after: after && { moment: after.createdAt, id: after.id },
  });
