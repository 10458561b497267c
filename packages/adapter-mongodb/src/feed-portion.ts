import type { ActivityFilter, FeedPortion, FeedPortionQuery, FeedQuery } from '@user-activity/domain';
import { BSON, type ClientSession, type Document } from 'mongodb';
import type { ActivityDocument } from './activity-document.ts';
import { activityConditions } from './activity-conditions.ts';
import { activitiesByOrigin } from './indexes.ts';
import type { MongoStore } from './mongo-store.ts';
import { wholeRange } from './ranges.ts';
import { decodeInTurns } from './read-activities.ts';
import { minCutReplyBytes } from './read-page.ts';

const offset = 'origin.offset';

/** Reads activities of one partition of the log, by offset. */
export async function readFeedPortion(
  store: MongoStore,
  session: ClientSession,
  { filter, position }: FeedQuery,
  { partition, from, to, max, maxExamined }: FeedPortionQuery,
  maxTimeMS: number,
): Promise<FeedPortion> {
  const find = (conditions: Document, options: Document) =>
    store.readPrimary(
      {
        find: 'activities',
        filter: { 'origin.log': position.log, 'origin.partition': partition, ...conditions },
        sort: activitiesByOrigin.key,
        hint: activitiesByOrigin.key,
        singleBatch: true,
        maxTimeMS,
        ...options,
      },
      session,
    );
  const { project } = filter;
  const selects = selectsSome(filter);
  let boundary = to;
  // There is at most one activity at each offset. So a short range has at most `maxExamined` activities.
  if (selects && to - from > maxExamined) {
    const [key] = await find(
      { project, [offset]: { $gte: from, $lt: to } },
      { skip: maxExamined, limit: 1, batchSize: 1, projection: { _id: 0, [offset]: 1 } },
    );
    if (key !== undefined) boundary = offsetIn(key);
  }
  const conditions = activityConditions(filter, wholeRange('createdAt', filter.createdAt));
  const documents = await find(
    { ...conditions, [offset]: { $gte: from, $lt: boundary } },
    { limit: max, batchSize: max },
  );
  const activities = await decodeInTurns(documents, Number.POSITIVE_INFINITY);
  const last = activities.at(-1)?.origin;
  const replyBytes = documents.reduce((sum, { length }) => sum + length, 0);
  const isCut = documents.length === max || replyBytes > minCutReplyBytes;
  const end = isCut && last !== undefined ? last.offset + 1 : boundary;
  return {
    activities,
    end,
    examined: selects ? Math.min(end - from, maxExamined) : documents.length,
  };
}

/** Returns whether the filter may leave out activities of its project. */
const selectsSome = ({ userIds, types, createdAt, metadata }: ActivityFilter): boolean =>
  userIds.length > 0 ||
  types.length > 0 ||
  metadata.length > 0 ||
  createdAt.from !== undefined ||
  createdAt.to !== undefined;

/** Returns the offset in the BSON of an index key. */
function offsetIn(key: Buffer): number {
  const { origin } = BSON.deserialize(key) as Pick<ActivityDocument, 'origin'>;
  if (origin === undefined) throw new Error('An activity in the index of origins has no origin.');
  return origin.offset;
}
