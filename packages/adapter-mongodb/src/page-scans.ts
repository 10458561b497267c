import { type ActivityFilter, ActivityKeyText, type ActivityQuery, type Order } from '@user-activity/domain';
import type { Document } from 'mongodb';
import { activityConditions } from './activity-conditions.ts';
import { indexSpanOf } from './index-span.ts';
import { indexFor } from './indexes.ts';
import { type IndexKey, type Range, rangesAfter, sortFor } from './ranges.ts';

const field = 'createdAt';

// The maximum number of index ranges that MongoDB merges in order. With more ranges, it would sort all their documents.
const maxMergedRanges = 200;

/** The part of a `find` command that selects and orders documents. */
export interface Scan {
  readonly filter: Document;
  readonly sort: IndexKey;
  readonly min?: Document;
  readonly max?: Document;
}

/** Splits a filter into parts. Each part has few enough index ranges for MongoDB to merge them. */
export function splitFilter(filter: ActivityFilter): readonly ActivityFilter[] {
  const { userIds, types } = filter;
  if (userIds.length * types.length <= maxMergedRanges) return [filter];
  const size = Math.floor(maxMergedRanges / userIds.length);
  const parts: ActivityFilter[] = [];
  for (let from = 0; from < types.length; from += size)
    parts.push(filter.with({ types: types.slice(from, from + size) }));
  return parts;
}

/** Returns the scans that find the activities of a query, in order. Returns none if no activity can match. */
export function scansFor(query: ActivityQuery): readonly Scan[] {
  const { filter, order } = query;
  const { project, userIds, types } = filter;
  if (userIds.length > 1 || types.length > 1)
    return pageRanges(query).map((range) => ({
      filter: activityConditions(filter, range),
      sort: sortFor({ field, order }, range),
    }));
  const [[userId], [type]] = [userIds, types];
  const prefix = {
    project,
    ...(userId === undefined ? {} : { userId }),
    ...(type === undefined ? {} : { type }),
  };
  const span = indexSpanOf(query, prefix);
  // The filter repeats the prefix, because mongos selects the shards by the filter alone.
  const conditions = activityConditions(filter, { positions: {}, hasSingleTime: false });
  return span === undefined
    ? []
    : [{ filter: conditions, sort: sortAlong(indexFor(filter), order), ...span }];
}

const pageRanges = ({ filter, order, after }: ActivityQuery): readonly Range[] =>
  rangesAfter({
    field,
    within: filter.createdAt,
    order,
    after: after && {
      time: after.createdAt,
      id: ActivityKeyText.of({ project: filter.project, id: after.id }),
    },
  });

/** Returns the sort order that follows an index, which has the newest activities first, or its reverse. */
const sortAlong = (index: IndexKey, order: Order): IndexKey =>
  order === 'desc'
    ? index
    : Object.fromEntries(Object.entries(index).map(([name, direction]) => [name, direction === 1 ? -1 : 1]));

/** Returns the `find` command for at most `max` documents of a scan. */
export const findCommand = (
  filter: ActivityFilter,
  scan: Scan,
  max: number,
  maxTimeMS: number,
): Document => ({
  find: 'activities',
  ...scan,
  hint: indexFor(filter),
  limit: max,
  batchSize: max,
  // One reply is enough, so the server need not keep a cursor.
  singleBatch: true,
  maxTimeMS,
});
