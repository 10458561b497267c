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
import { rangesIn, sortOf } from './ranges.ts';

/** Returns the condition for activities that an erasure covers, as `isCovered`. */
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

/** Returns the condition for dead letters that an erasure covers, as `isLetterCovered`. */
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

/** Returns the condition for activities with these keys that belong to the user and that the erasure covers. */
export const coveredFilter = (keys: readonly string[], userId: UserId, erasure: PlacedErasure) => ({
  _id: { $in: [...keys] },
  project: erasure.project,
  userId,
  ...coveredActivities(erasure),
});

/**
 * Removes or anonymises the activities with these keys that belong to the user and that the erasure covers. Counts them for the erasure, and
 * returns their number.
 */
export async function removeCovered(
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

/** Returns the records whose ids are stored. A log that is read again has many records of users who are gone. */
export async function stillStored(
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

/** Removes one portion of the activities of a user, the oldest first. */
export async function removeOfUser(store: MongoStore, removal: UserRemoval) {
  const { erasure, replacement, limit } = removal;
  const portion: { readonly _id: string; readonly createdAt: Date }[] = [];
  for (const range of rangesOf(removal)) {
    const max = limit - portion.length;
    if (max > 0) portion.push(...(await activitiesOfUser(store, erasure, range, max).toArray()));
  }
  const keys = portion.map(({ _id }) => _id);
  const removed = await removeCovered(store, keys, erasure.userId, erasure, replacement);
  const last = portion.length < limit ? undefined : portion.at(-1);
  const next = last && {
    createdAt: Timestamp.trusted(last.createdAt.getTime()),
    id: ActivityKeyText.idOf(ActivityKeyText.trusted(last._id)),
  };
  return { removed, next };
}

/** Returns the ranges of the activities of a user after a position. */
export const rangesOf = ({ erasure: { project }, after }: Pick<UserRemoval, 'erasure' | 'after'>) =>
  rangesIn({
    field: 'createdAt',
    within: TimeRange.between(undefined, undefined),
    order: 'asc',
    after: after && { moment: after.createdAt, id: ActivityKeyText.of({ project, id: after.id }) },
  });

/** Queries the oldest activities of a user in a range. Reads only an index. */
export const activitiesOfUser = (
  { activities, timeoutMs }: MongoStore,
  { project, userId }: UserRemoval['erasure'],
  range: ReturnType<typeof rangesOf>[number],
  max: number,
) =>
  activities.find<{ readonly _id: string; readonly createdAt: Date }>(
    { project, userId, ...range.positions },
    {
      projection: { _id: 1, createdAt: 1 },
      sort: sortOf({ field: 'createdAt', order: 'asc' }, range),
      limit: max,
      maxTimeMS: timeoutMs,
      hint: activitiesByUser,
    },
  );

/** Removes at most `limit` dead letters of the user that the erasure covers. Returns their number. */
export async function removeLettersOfUser(
  store: MongoStore,
  erasure: UserRemoval['erasure'],
  limit: number,
): Promise<number> {
  const due = await lettersOfUser(store, erasure, limit).toArray();
  if (due.length === 0) return 0;
  const filter = { _id: { $in: due.map(({ _id }) => _id) }, ...coveredLetters(erasure) };
  await store.deadLetters.deleteMany(filter, { hint: { _id: 1 } });
  // Others may have removed some meanwhile. The limit tells the caller whether there may be more.
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
    // Without the type, MongoDB does not see that the partial index has all such keys, and reads the whole index.
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
