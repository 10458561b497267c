import { DeadLetterCode, edgeTopic, type SweptLetter } from '@user-activity/domain';
import type { AggregationCursor, FindCursor } from 'mongodb';
import { deadLettersByCode, deadLettersOfEdge } from './indexes.ts';
import type { MongoStore } from './mongo-store.ts';

const ofEdge = { 'origin.topic': edgeTopic } as const;

/** The total size of the letters of the edge, and how many of them have no size. */
interface EdgeTotals {
  readonly bytes: number;
  readonly unknown: number;
}

/** Returns the total size of all letters of the edge in bytes. */
export async function edgeBytes(store: MongoStore): Promise<number> {
  const [totals] = await edgeTotals(store).toArray();
  if (totals === undefined) return 0;
  if (totals.unknown === 0) return totals.bytes;
  // Letters of older versions have no size.
  await store.deadLetters.updateMany({ ...ofEdge, bytes: { $exists: false } }, [
    { $set: { bytes: { $bsonSize: '$$ROOT' } } },
  ]);
  const [complete] = await edgeTotals(store).toArray();
  return complete?.bytes ?? 0;
}

/** Queries the totals. Reads an index only. */
export const edgeTotals = ({ deadLetters, timeoutMs }: MongoStore): AggregationCursor<EdgeTotals> =>
  deadLetters.aggregate<EdgeTotals>(
    [
      { $match: ofEdge },
      { $project: { _id: 0, bytes: 1 } },
      {
        $group: {
          _id: null,
          bytes: { $sum: '$bytes' },
          unknown: { $sum: { $cond: [{ $eq: [{ $ifNull: ['$bytes', null] }, null] }, 1, 0] } },
        },
      },
    ],
    { maxTimeMS: timeoutMs, hint: deadLettersOfEdge.key },
  );

/** The fields of a letter by which a sweep chooses. */
interface SweptDocument {
  readonly _id: string;
  readonly diedAt: Date;
  readonly bytes?: number;
}

/** Queries the oldest letters of the edge. Reads an index only. */
export const oldestOfEdge = (
  { deadLetters, timeoutMs }: MongoStore,
  limit: number,
): FindCursor<SweptDocument> =>
  deadLetters.find<SweptDocument>(ofEdge, {
    projection: { _id: 1, diedAt: 1, bytes: 1 },
    sort: { diedAt: 1, _id: 1 },
    limit,
    maxTimeMS: timeoutMs,
    hint: deadLettersOfEdge.key,
  });

/** Queries the oldest letters from the log that died before a time. Reads an index only: no letter of the edge has their codes. */
export const oldestOfLog = (
  { deadLetters, timeoutMs }: MongoStore,
  before: Date,
  limit: number,
): FindCursor<SweptDocument> =>
  deadLetters.find<SweptDocument>(
    { code: { $in: [...DeadLetterCode.replayable] }, diedAt: { $lt: before } },
    {
      projection: { _id: 1, diedAt: 1 },
      sort: { diedAt: 1, _id: 1 },
      limit,
      maxTimeMS: timeoutMs,
      hint: deadLettersByCode,
    },
  );

/** Converts a document to the domain's letter, with its id. */
export const sweptLetter = (document: SweptDocument): SweptLetter & { readonly id: string } => ({
  id: document._id,
  diedAt: document.diedAt.getTime(),
  bytes: document.bytes ?? 0,
});
