import { DeadLetterCode, edgeTopic } from '@user-activity/domain';
import type { Document, Filter } from 'mongodb';
import type { DeadLetterDocument } from './dead-letter-document.ts';
import { deadLettersForSweep, deadLettersOfEdge } from './indexes.ts';
import type { MongoStore } from './mongo-store.ts';
import type { IndexKey } from './ranges.ts';

// Letters of the edge are requests that the API refused. They have no record on the log.
const ofEdge = { 'origin.topic': edgeTopic } as const;

interface EdgeTotals {
  /** The total size of the letters of the edge in bytes, except for letters without a size. */
  readonly bytes: number;
  /** The number of letters without a size. */
  readonly unsized: number;
}

/** Returns the total size of all letters of the edge in bytes. */
export async function edgeBytes(store: MongoStore): Promise<number> {
  const [totals] = await edgeTotals(store).toArray();
  if (totals === undefined) return 0;
  if (totals.unsized === 0) return totals.bytes;
  // Letters of older versions of the service have no size.
  await store.deadLetters.updateMany({ ...ofEdge, bytes: { $exists: false } }, [
    { $set: { bytes: { $bsonSize: '$$ROOT' } } },
  ]);
  const [complete] = await edgeTotals(store).toArray();
  return complete?.bytes ?? 0;
}

/** Queries the totals of all letters of the edge. Reads only an index. */
export const edgeTotals = ({ deadLetters, timeoutMs }: MongoStore) =>
  deadLetters.aggregate<EdgeTotals>(
    [
      { $match: ofEdge },
      { $project: { _id: 0, bytes: 1 } },
      {
        $group: {
          _id: null,
          bytes: { $sum: '$bytes' },
          unsized: { $sum: { $cond: [{ $eq: [{ $ifNull: ['$bytes', null] }, null] }, 1, 0] } },
        },
      },
    ],
    { maxTimeMS: timeoutMs, hint: deadLettersOfEdge.key },
  );

/** The fields of a letter that a sweep needs. */
interface SweptDocument {
  readonly _id: string;
  readonly diedAt: Date;
  readonly bytes?: number;
}

/** Queries the oldest letters of the edge. Reads only an index. */
export const oldestOfEdge = (store: MongoStore, limit: number) =>
  findOldest(store, ofEdge, { _id: 1, diedAt: 1, bytes: 1 }, deadLettersOfEdge.key, limit);

/** Queries the oldest letters from the log that died before a time. Reads only an index: letters of the edge have another code. */
export function oldestOfLog(store: MongoStore, before: Date, limit: number) {
  const condition = { code: { $in: [...DeadLetterCode.replayable] }, diedAt: { $lt: before } };
  return findOldest(store, condition, { _id: 1, diedAt: 1 }, deadLettersForSweep, limit);
}

const findOldest = (
  { deadLetters, timeoutMs }: MongoStore,
  condition: Filter<DeadLetterDocument>,
  projection: Document,
  hint: IndexKey,
  limit: number,
) =>
  deadLetters.find<SweptDocument>(condition, {
    projection,
    sort: { diedAt: 1, _id: 1 },
    limit,
    maxTimeMS: timeoutMs,
    hint,
  });

/** Converts a document to the form that `dueLetters` of the domain expects. */
export const sweptLetter = (document: SweptDocument) => ({
  id: document._id,
  diedAt: document.diedAt.getTime(),
  bytes: document.bytes ?? 0,
});
