import type { ErasureId, OpenPosition, UserDigest } from '@user-activity/domain';
import type { MongoStore } from './mongo-store.ts';
import { erasuresByUser, openErasuresIndex, type RecordedDocument } from './user-erasure-document.ts';

/** Queries one recorded erasure of any user. Reads only an index. */
export const anyErasure = ({ userErasures, timeoutMs: maxTimeMS }: MongoStore) =>
  userErasures.find(
    { 'recorded.user': { $gt: '' } },
    { projection: { _id: 0, 'recorded.user': 1 }, limit: 1, hint: erasuresByUser.key, maxTimeMS },
  );

/** Queries the recorded erasures of users. */
export const erasuresOfUsers = (
  { userErasures, timeoutMs: maxTimeMS }: MongoStore,
  users: readonly UserDigest[],
) =>
  userErasures.find<RecordedDocument>(
    { 'recorded.user': { $in: [...users] } },
    { hint: erasuresByUser.key, maxTimeMS },
  );

/** Queries the erasures that are not done and come after a position, the oldest first. */
export const erasuresNotDone = (
  { userErasures, timeoutMs: maxTimeMS }: MongoStore,
  limit: number,
  after?: OpenPosition,
) =>
  userErasures.find<RecordedDocument>(
    { userId: { $exists: true }, ...(after === undefined ? {} : idsAfter(after)) },
    { sort: openErasuresIndex.key, limit, hint: openErasuresIndex.key, maxTimeMS },
  );

/** Queries the recorded erasures whose ids sort after `after`. */
export const allErasures = (
  { userErasures, timeoutMs: maxTimeMS }: MongoStore,
  limit: number,
  after?: ErasureId,
) =>
  userErasures.find<RecordedDocument>(
    { recorded: { $exists: true }, ...(after === undefined ? {} : { _id: { $gt: after } }) },
    { sort: { _id: 1 }, limit, hint: { _id: 1 }, maxTimeMS },
  );

function idsAfter({ requestedAt, id }: OpenPosition) {
  const time = new Date(requestedAt);
  return {
    'recorded.requestedAt': { $gte: time },
    $or: [{ 'recorded.requestedAt': { $gt: time } }, { _id: { $gt: id } }],
  };
}
