import {
  type ActivityFilter,
  type ActivityQuery,
  maxPageBytes,
  type StoredActivity,
} from '@user-activity/domain';
import type { FindCursor } from 'mongodb';
import { activityConditions } from './activity-conditions.ts';
import type { ActivityDocument } from './activity-document.ts';
import { indexFor } from './indexes.ts';
import type { MongoStore } from './mongo-store.ts';
import { type Range, rangesIn, sortOf } from './ranges.ts';
import { readInTurns } from './read-activities.ts';
import { timeBudget } from './time-budget.ts';

const field = 'createdAt';

// How many ranges of an index MongoDB merges in order. With more, it would sort all that they hold.
const maxMerged = 200;

// How many documents the server sends at once: 2 MiB with metadata of 32 KiB, 16 MiB with the largest that can be configured.
const batchSize = 64;

/** Reads the activities of a page, and the next activity if there is one. */
export async function readPage(store: MongoStore, query: ActivityQuery): Promise<readonly StoredActivity[]> {
  const page: StoredActivity[] = [];
  const isFull = (): boolean => page.length > query.limit || minBytesOf(page) > maxPageBytes;
  const timeLeft = timeBudget(store.timeoutMs);
  for (const range of rangesOf(query)) {
    if (isFull()) break;
    const max = query.limit + 1 - page.length;
    const maxTimeMS = timeLeft();
    const parts = partsOf(query.filter).map((part) =>
      readInTurns(findActivities(store, query.with({ filter: part }), range, max, maxTimeMS), maxPageBytes),
    );
    const found = (await Promise.all(parts)).flat();
    const inOrder = query.order === 'asc' ? ascending : descending;
    page.push(...(parts.length === 1 ? found : found.toSorted(inOrder)).slice(0, max));
  }
  return page;
}

/** Returns a lower bound of the activities' size in bytes. */
const minBytesOf = (activities: readonly StoredActivity[]): number =>
  activities.reduce((sum, { metadata }) => sum + metadata.length, 0);

/** Compares as MongoDB does. Ids are ASCII, so JavaScript orders them the same. */
function ascending(a: StoredActivity, b: StoredActivity): number {
  return a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1);
}

const descending = (a: StoredActivity, b: StoredActivity): number => ascending(b, a);

/** Divides the filter into as many parts as MongoDB needs to merge the ranges of each part. */
export function partsOf(filter: ActivityFilter): readonly ActivityFilter[] {
  const { userIds, types } = filter;
  if (userIds.length * types.length <= maxMerged) return [filter];
  const size = Math.floor(maxMerged / userIds.length);
  const parts: ActivityFilter[] = [];
  for (let from = 0; from < types.length; from += size)
    parts.push(filter.with({ types: types.slice(from, from + size) }));
  return parts;
}

/** Queries one part of a filter within one range of positions. */
export function findActivities(
  { listedActivities }: MongoStore,
  { filter, order }: Pick<ActivityQuery, 'filter' | 'order'>,
  range: Range,
  max: number,
  maxTimeMS: number,
): FindCursor<ActivityDocument> {
  return listedActivities.find(activityConditions(filter, range), {
    sort: sortOf({ field, order }, range),
    limit: max,
    batchSize: Math.min(max, batchSize),
    maxTimeMS,
    hint: indexFor(filter),
  });
}

/** Returns the ranges of positions of a page. */
export const rangesOf = ({ filter, order, after }: ActivityQuery): readonly Range[] =>
  rangesIn({
    field,
    within: filter.createdAt,
    order,
    after: after && { moment: after.createdAt, id: after.id },
  });
