import { DeadLetterCode, edgeTopic, type SweptLetter } from '@user-activity/domain';
import type { AggregationCursor, FindCursor } from 'mongodb';
import { letterIndexByCode, letterIndexOfEdge } from './indexes.ts';
import type { MongoStore } from './mongo-store.ts';

const ofEdge = { 'origin.topic': edgeTopic } as const;

/** How large the letters of the edge are together, and how many of them do not say so. */
interface EdgeTotals {
  readonly bytes: number;
  readonly unknown: number;
}

/** The bytes of all letters of the edge. */
export async function edgeBytes(store: MongoStore): Promise<number> {
  const [totals] = await edgeTotals(store).toArray();
  if (totals === undefined) return 0;
  if (totals.unknown === 0) return totals.bytes;
  // An older version stored these.
  await store.letters.updateMany({ ...ofEdge, bytes: { $exists: false } }, [
    { $set: { bytes: { $bsonSize: '$$ROOT' } } },
  ]);
  const [known] = await edgeTotals(store).toArray();
  return known?.bytes ?? 0;
}

/** The totals, from an index alone. */
export const edgeTotals = ({ letters, timeoutMs }: MongoStore): AggregationCursor<EdgeTotals> =>
  letters.aggregate<EdgeTotals>(
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
    { maxTimeMS: timeoutMs, hint: letterIndexOfEdge.key },
  );

/** A letter of the edge, without what it holds. */
interface OldDocument {
  readonly _id: string;
  readonly diedAt: Date;
  readonly bytes?: number;
}

/** The oldest letters of the edge, from an index alone. */
export const oldestOfEdge = ({ letters, timeoutMs }: MongoStore, limit: number): FindCursor<OldDocument> =>
  letters.find<OldDocument>(ofEdge, {
    projection: { _id: 1, diedAt: 1, bytes: 1 },
    sort: { diedAt: 1, _id: 1 },
    limit,
    maxTimeMS: timeoutMs,
    hint: letterIndexOfEdge.key,
  });

/** The oldest letters off the log that died before a time, from an index alone: by their codes, which none of the edge has. */
export const oldestOfLog = (
  { letters, timeoutMs }: MongoStore,
  before: Date,
  limit: number,
): FindCursor<OldDocument> =>
  letters.find<OldDocument>(
    { code: { $in: [...DeadLetterCode.replayable] }, diedAt: { $lt: before } },
    {
      projection: { _id: 1, diedAt: 1 },
      sort: { diedAt: 1, _id: 1 },
      limit,
      maxTimeMS: timeoutMs,
      hint: letterIndexByCode,
    },
  );

/** As the domain judges it. */
export const sweptOf = ({ _id, diedAt, bytes = 0 }: OldDocument): SweptLetter & { readonly id: string } => ({
  id: _id,
  diedAt: diedAt.getTime(),
  bytes,
});
