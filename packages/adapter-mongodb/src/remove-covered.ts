import {
  ActivityKeyText,
  type ErasedUserRecord,
  type PlacedErasure,
  projectsOfUser,
  QualifiedTopic,
  TimeRange,
  Timestamp,
  type UserId,
  type UserRemoval,
} from '@user-activity/domain';
import { Binary, type Document, type Filter } from 'mongodb';
import type { ActivityDocument } from './activity-document.ts';
import type { DeadLetterDocument } from './dead-letter-document.ts';
import { activitiesByUser, deadLettersByKey } from './indexes.ts';
import type { MongoStore } from './mongo-store.ts';
import { rangesAfter, sortFor } from './ranges.ts';

/** Returns the condition for activities that an erasure covers. Agrees with `isCovered` of the domain. */
function coveredActivities({ place, requestedAt }: PlacedErasure): Filter<ActivityDocument> {
  const samePartition = { 'origin.log': place.log, 'origin.partition': place.partition };
  return {
    $or: [
      { origin: { $exists: false } },
      { ...samePartition, 'origin.offset': { $lt: place.offset } },
      { $nor: [samePartition], receivedAt: { $lte: new Date(requestedAt) } },
    ],
  };
}

/** Returns the condition for dead letters that an erasure covers. Agrees with `isLetterCovered` of the domain. */
function coveredLetters({ place, topic, requestedAt }: PlacedErasure): Filter<DeadLetterDocument> {
  const { topic: name, log } = QualifiedTopic.parts(topic);
  const samePartition = {
    'origin.topic': name,
    'origin.log': log ?? { $exists: false },
    'origin.partition': place.partition,
  };
  return {
    $or: [
      { ...samePartition, 'origin.offset': { $lt: place.offset } },
      { $nor: [samePartition], diedAt: { $lte: new Date(requestedAt) } },
    ],
  };
}

/** Returns the query for the activities with these keys that belong to the user and that the erasure covers. */
export const coveredFilter = (keys: readonly string[], userId: UserId, erasure: PlacedErasure) => ({
  _id: { $in: [...keys] },
  project: erasure.project,
  userId,
  ...coveredActivities(erasure),
});

/**
 * Removes the activities with these keys that belong to the user and that the erasure covers. If there is a `replacement`, anonymises them
 * instead. Adds their number to the count of the erasure, and returns it.
 */
export async function removeCoveredActivities(
  { activities, userErasures }: MongoStore,
  keys: readonly string[],
  userId: UserId,
  erasure: PlacedErasure,
  replacement: UserId | undefined,
): Promise<number> {
  if (keys.length === 0) return 0;
  const filter = coveredFilter(keys, userId, erasure);
  const options = { hint: { _id: 1 } };
  const removed =
    replacement === undefined
      ? (await activities.deleteMany(filter, options)).deletedCount
      : (await activities.updateMany(filter, { $set: { userId: replacement, metadata: {} } }, options))
          .modifiedCount;
  if (removed > 0) await userErasures.updateOne({ _id: erasure.id }, { $inc: { erased: removed } });
  return removed;
}

/** Returns the records whose activities are stored. When a log is read again, most records of erased users have no stored activity. */
export async function recordsStillStored(
  { activities, timeoutMs: maxTimeMS }: MongoStore,
  records: readonly ErasedUserRecord[],
): Promise<readonly ErasedUserRecord[]> {
  if (records.length === 0) return [];
  const keys = [...new Set(records.map(ActivityKeyText.of))];
  const options = { projection: { _id: 1 }, hint: { _id: 1 }, maxTimeMS };
  const stored = await activities.find({ _id: { $in: keys } }, options).toArray();
  const ids = new Set<string>(stored.map(({ _id }) => _id));
  return records.filter((record) => ids.has(ActivityKeyText.of(record)));
}

/** Removes or anonymises one portion of the activities of a user, the oldest first. */
export async function removeActivitiesOfUser(store: MongoStore, removal: UserRemoval) {
  const { erasure, replacement, limit } = removal;
  const portion: { readonly _id: string; readonly createdAt: Date }[] = [];
  for (const range of userActivityRanges(removal)) {
    const max = limit - portion.length;
    if (max > 0) portion.push(...(await activitiesOfUser(store, erasure, range, max).toArray()));
  }
  const keys = portion.map(({ _id }) => _id);
  const removed = await removeCoveredActivities(store, keys, erasure.userId, erasure, replacement);
  const last = portion.length < limit ? undefined : portion.at(-1);
  const next = last && {
    createdAt: Timestamp.trusted(last.createdAt.getTime()),
    id: ActivityKeyText.idOf(ActivityKeyText.trusted(last._id)),
  };
  return { removed, next };
}

/** Returns the ranges of the activities of a user after a position. */
export const userActivityRanges = ({ erasure: { project }, after }: Pick<UserRemoval, 'erasure' | 'after'>) =>
  rangesAfter({
    field: 'createdAt',
    within: TimeRange.between(undefined, undefined),
    order: 'asc',
    after: after && { time: after.createdAt, id: ActivityKeyText.of({ project, id: after.id }) },
  });

/** Queries the oldest activities of a user in a range. Reads only an index. */
export const activitiesOfUser = (
  { activities, timeoutMs }: MongoStore,
  { project, userId }: UserRemoval['erasure'],
  range: ReturnType<typeof userActivityRanges>[number],
  max: number,
) =>
  activities.find<{ readonly _id: string; readonly createdAt: Date }>(
    { project, userId, ...range.positions },
    {
      projection: { _id: 1, createdAt: 1 },
      sort: sortFor({ field: 'createdAt', order: 'asc' }, range),
      limit: max,
      maxTimeMS: timeoutMs,
      hint: activitiesByUser,
    },
  );

/** Removes at most `limit` dead letters of the user that the erasure covers. Returns the number of letters that were found. */
export async function removeLettersOfUser(
  store: MongoStore,
  erasure: UserRemoval['erasure'],
  limit: number,
): Promise<number> {
  const due = await lettersOfUser(store, erasure, limit).toArray();
  if (due.length === 0) return 0;
  const filter = { _id: { $in: due.map(({ _id }) => _id) }, ...coveredLetters(erasure) };
  await store.deadLetters.deleteMany(filter, { hint: { _id: 1 } });
  // Returns the number of found letters, even if another process has removed some: if it is the limit, there may be more letters.
  return due.length;
}

/** Queries the dead letters of a user that an erasure covers. */
export const lettersOfUser = (
  { deadLetters, timeoutMs }: MongoStore,
  erasure: UserRemoval['erasure'],
  limit: number,
) => {
  const condition: Document = {
    project: { $in: projectsOfUser(erasure.project) },
    // The type repeats the condition of the partial index. Without it, MongoDB would read the whole index.
    key: { $eq: new Binary(Buffer.from(erasure.userId)), $type: 'binData' },
    ...coveredLetters(erasure),
  };
  return deadLetters.find<{ readonly _id: string }>(condition, {
    projection: { _id: 1 },
    limit,
    maxTimeMS: timeoutMs,
    hint: deadLettersByKey.key,
  });
};
