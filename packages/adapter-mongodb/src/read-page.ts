import {
  type ActivityFilter,
  ActivityKeyText,
  type ActivityQuery,
  maxPageBytes,
  type StoredActivity,
} from '@user-activity/domain';
import { activityConditions } from './activity-conditions.ts';
import { indexFor } from './indexes.ts';
import type { MongoStore } from './mongo-store.ts';
import { type Range, rangesIn, sortOf } from './ranges.ts';
import { readInTurns } from './read-activities.ts';
import { timeBudget } from './time-budget.ts';

const field = 'createdAt';

// The maximum number of ranges of an index that MongoDB merges in order. With more ranges, it would sort all their documents.
const maxMergedRanges = 200;

// The number of documents in a response of the server. It has 2 MiB with metadata of 32 KiB, and 16 MiB, its limit, with the
// largest metadata that can be configured.
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
    const inRange = (await Promise.all(parts)).flat();
    const inOrder = query.order === 'asc' ? ascending : descending;
    page.push(...(parts.length === 1 ? inRange : inRange.toSorted(inOrder)).slice(0, max));
  }
  return page;
}

/** Returns a lower bound of the activities' size in bytes. */
const minBytesOf = (activities: readonly StoredActivity[]): number =>
  activities.reduce((sum, { metadata }) => sum + metadata.length, 0);

/** Compares as MongoDB does: JavaScript orders ids equally, because they are ASCII. */
function ascending(a: StoredActivity, b: StoredActivity): number {
  return a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1);
}

const descending = (a: StoredActivity, b: StoredActivity): number => ascending(b, a);

/** Divides a filter into parts, each with at most as many ranges as MongoDB merges. */
export function partsOf(filter: ActivityFilter): readonly ActivityFilter[] {
  const { userIds, types } = filter;
  if (userIds.length * types.length <= maxMergedRanges) return [filter];
  const size = Math.floor(maxMergedRanges / userIds.length);
  const parts: ActivityFilter[] = [];
  for (let from = 0; from < types.length; from += size)
    parts.push(filter.with({ types: types.slice(from, from + size) }));
  return parts;
}

export function findActivities(
  { listedActivities }: MongoStore,
  { filter, order }: Pick<ActivityQuery, 'filter' | 'order'>,
  range: Range,
  max: number,
  maxTimeMS: number,
) {
  return listedActivities.find(activityConditions(filter, range), {
    sort: sortOf({ field, order }, range),
    limit: max,
    batchSize: Math.min(max, batchSize),
    maxTimeMS,
    hint: indexFor(filter),
  });
}

export const rangesOf = ({ filter, order, after }: ActivityQuery): readonly Range[] =>
  rangesIn({
    field,
    within: filter.createdAt,
    order,
    after: after && {
      moment: after.createdAt,
      id: ActivityKeyText.of({ project: filter.project, id: after.id }),
    },
  });
