import {
  type ActivityFilter,
  type ActivityQuery,
  maxPageBytes,
  type StoredActivity,
} from '@user-activity/domain';
import type { FindCursor } from 'mongodb';
import { conditionsOf } from './activity-conditions.ts';
import { type ActivityDocument, storedOf } from './activity-document.ts';
import { budgetOf } from './budget.ts';
import { indexFor } from './indexes.ts';
import type { MongoStore } from './mongo-store.ts';
import { type Range, rangesIn, sortOf } from './ranges.ts';
import { turns } from './turns.ts';

const field = 'createdAt';

/** So many ranges of an index MongoDB merges in their order; of more it would sort all that they hold. */
const mostMerged = 200;

/** So many documents the server sends at once: 2 MiB of metadata of 32 KiB, and 16 MiB of the largest that can be set. */
const batchSize = 64;

/** The activities of a page and, where there is one, the first behind it. */
export async function readPage(store: MongoStore, query: ActivityQuery): Promise<readonly StoredActivity[]> {
  const page: StoredActivity[] = [];
  const isFull = (): boolean => page.length > query.limit || bytesOf(page) > maxPageBytes;
  const timeLeft = budgetOf(store.timeoutMs);
  for (const range of rangesOf(query)) {
    if (isFull()) break;
    const most = query.limit + 1 - page.length;
    const maxTimeMS = timeLeft();
    const parts = partsOf(query.filter).map((part) =>
      readInTurns(find(store, query.with({ filter: part }), range, most, maxTimeMS), maxPageBytes),
    );
    const found = (await Promise.all(parts)).flat();
    const inOrder = query.order === 'asc' ? ascending : descending;
    page.push(...(parts.length === 1 ? found : found.toSorted(inOrder)).slice(0, most));
  }
  return page;
}

/**
 * The activities in the order of the cursor, up to the one with which they have more than `maxBytes`. The driver decodes a
 * document when it is asked for, and 500 of many keys took a second: other work has its turn in between.
 */
export async function readInTurns(
  cursor: AsyncIterable<ActivityDocument>,
  maxBytes: number = Number.POSITIVE_INFINITY,
): Promise<readonly StoredActivity[]> {
  const read: StoredActivity[] = [];
  const turn = turns.begin();
  let bytes = 0;
  for await (const document of cursor) {
    const activity = storedOf(document);
    read.push(activity);
    bytes += activity.metadata.length;
    if (bytes > maxBytes) break;
    if (turn.isOverAfter(activity.metadata.length)) await turn.next();
  }
  return read;
}

/** About how many bytes they take, and never more than that. */
const bytesOf = (activities: readonly StoredActivity[]): number =>
  activities.reduce((sum, { metadata }) => sum + metadata.length, 0);

/** Ids are ASCII: JavaScript compares them as MongoDB does. */
function ascending(a: StoredActivity, b: StoredActivity): number {
  return a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1);
}

const descending = (a: StoredActivity, b: StoredActivity): number => ascending(b, a);

/** The filter in as many parts as it needs for MongoDB to merge each. */
export function partsOf(filter: ActivityFilter): readonly ActivityFilter[] {
  const { userIds, types } = filter;
  if (userIds.length * types.length <= mostMerged) return [filter];
  const size = Math.floor(mostMerged / userIds.length);
  const parts: ActivityFilter[] = [];
  for (let from = 0; from < types.length; from += size)
    parts.push(filter.with({ types: types.slice(from, from + size) }));
  return parts;
}

/** One part of a filter within one range of positions. */
export function find(
  { listedActivities }: MongoStore,
  { filter, order }: Pick<ActivityQuery, 'filter' | 'order'>,
  range: Range,
  most: number,
  maxTimeMS: number,
): FindCursor<ActivityDocument> {
  return listedActivities.find(conditionsOf(filter, range), {
    sort: sortOf({ field, order }, range),
    limit: most,
    batchSize: Math.min(most, batchSize),
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
