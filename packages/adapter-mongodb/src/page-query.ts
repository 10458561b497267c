import type { ActivityFilter, ActivityQuery } from '@user-activity/domain';
import type { Filter, FindCursor } from 'mongodb';
import type { ActivityDocument } from './activity-document.ts';
import { indexFor } from './indexes.ts';
import type { MongoStore } from './mongo-store.ts';

/** Positions that lie together in every index. */
interface Range {
  readonly positions: Filter<ActivityDocument>;
  /** Whether they share their createdAt: MongoDB merges those in their order only where it is asked to go by `_id` alone. */
  readonly oneMoment: boolean;
}

/** So many ranges of an index MongoDB merges in their order; of more it would sort all that they hold. */
const mostMerged = 200;

/** The documents of a page and, where there is one, the first behind it. */
export async function readPage(
  store: MongoStore,
  query: ActivityQuery,
): Promise<readonly ActivityDocument[]> {
  const documents: ActivityDocument[] = [];
  for (const range of rangesOf(query)) {
    const most = query.limit + 1 - documents.length;
    if (most === 0) break;
    const parts = partsOf(query.filter).map((part) =>
      find(store, { ...query, filter: part }, range, most).toArray(),
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
  { activities, timeoutMs }: MongoStore,
  { filter, order }: Pick<ActivityQuery, 'filter' | 'order'>,
  range: Range,
  most: number,
): FindCursor<ActivityDocument> {
  const { userIds, types } = filter;
  const equal: Filter<ActivityDocument> = {
    ...(userIds.length > 0 ? { userId: anyOf(userIds) } : {}),
    ...(types.length > 0 ? { type: anyOf(types) } : {}),
  };
  const direction = order === 'asc' ? 1 : -1;
  return activities.find(
    { ...equal, ...range.positions },
    {
      sort: range.oneMoment ? { _id: direction } : { createdAt: direction, _id: direction },
      limit: most,
      batchSize: most,
      maxTimeMS: timeoutMs,
      hint: indexFor(filter),
    },
  );
}

/**
 * The positions behind `after`, as ranges that follow each other: the rest of its moment, then the moments behind it.
 * A single condition with `$or` would have MongoDB read more than the page.
 */
export function rangesOf({ filter, order, after }: ActivityQuery): readonly Range[] {
  const { from, to } = filter.createdAt;
  const bounds = [
    ...(from === undefined ? [] : [{ createdAt: { $gte: new Date(from) } }]),
    ...(to === undefined ? [] : [{ createdAt: { $lt: new Date(to) } }]),
  ];
  if (after === undefined) return [{ positions: allOf(bounds), oneMoment: false }];
  const moment = new Date(after.createdAt);
  const behind = order === 'asc' ? '$gt' : '$lt';
  const rest = { positions: { createdAt: moment, _id: { [behind]: after.id } }, oneMoment: true };
  return [
    ...(filter.createdAt.holds(after.createdAt) ? [rest] : []),
    { positions: allOf([...bounds, { createdAt: { [behind]: moment } }]), oneMoment: false },
  ];
}

const allOf = (conditions: readonly Filter<ActivityDocument>[]): Filter<ActivityDocument> =>
  conditions.length === 0 ? {} : { $and: [...conditions] };

const anyOf = (values: readonly string[]): string | { $in: string[] } =>
  values.length === 1 ? (values[0] ?? '') : { $in: [...values] };
