import {
  type ActivityId,
  type DeadLetterId,
  type DeadLetterQuery,
  listedBytes,
  type ListedLetter,
  maxPageBytes,
} from '@user-activity/domain';
import type { AggregationCursor, Document, FindCursor } from 'mongodb';
import { letterIndexByActivity, letterIndexFor } from './indexes.ts';
import { type LetterSizes, type ListedDocument, listedOf } from './letter-document.ts';
import type { MongoStore } from './mongo-store.ts';
import { anyOf, type Range, rangesIn, sortOf } from './ranges.ts';
import { turns } from './turns.ts';

const field = 'diedAt';

// A letter of an older version may lack nothing: sizes are taken from the bytes themselves, on the server.
const sizes = {
  keySize: { $ifNull: [{ $binarySize: '$key' }, 0] },
  size: { $ifNull: [{ $binarySize: '$value' }, 0] },
  headersSize: { $bsonSize: { headers: '$headers' } },
};

const upTo = (most: number, size: Document, part: string): Document => ({
  $cond: [{ $lte: [size, most] }, part, null],
});

const listed = {
  origin: 1,
  code: 1,
  reason: 1,
  diedAt: 1,
  activityId: 1,
  ...sizes,
  key: upTo(listedBytes.key, sizes.keySize, '$key'),
  value: upTo(listedBytes.value, sizes.size, '$value'),
  headers: upTo(listedBytes.headers, sizes.headersSize, '$headers'),
};

// Reason, headers and the rest of a letter count as so many bytes of work.
const listedOverhead = 1024;

/** So many letters the server sends at once: 2.3 MiB of the largest that are shown. */
const batchSize = 32;

/** The letters of a page and, where there is one, the first behind it. */
export async function readLetters(
  store: MongoStore,
  query: DeadLetterQuery,
): Promise<readonly ListedLetter[]> {
  const page: ListedLetter[] = [];
  const turn = turns.begin();
  let bytes = 0;
  for (const range of letterRanges(query)) {
    const most = query.limit + 1 - page.length;
    if (most === 0 || bytes > maxPageBytes) break;
    for await (const document of findLetters(store, query, range, most)) {
      const letter = listedOf(document);
      page.push(letter);
      const size = (letter.key?.length ?? 0) + (letter.value?.length ?? 0);
      bytes += 2 * size;
      if (bytes > maxPageBytes) break;
      if (turn.isOverAfter(size + listedOverhead)) await turn.next();
    }
  }
  return page;
}

/** The ranges of positions of a page. */
export const letterRanges = ({ filter, order, after }: DeadLetterQuery): readonly Range[] =>
  rangesIn({
    field,
    within: filter.diedAt,
    order,
    after: after && { moment: after.diedAt, id: after.id },
  });

/** One range of positions of a page. */
export function findLetters(
  { letters, timeoutMs }: MongoStore,
  { filter, order }: Pick<DeadLetterQuery, 'filter' | 'order'>,
  range: Range,
  most: number,
): FindCursor<ListedDocument> {
  const ofCodes = filter.codes.length > 0 ? { code: anyOf(filter.codes) } : {};
  return letters.find<ListedDocument>(
    { ...ofCodes, ...range.positions },
    {
      projection: listed,
      sort: sortOf({ field, order }, range),
      limit: most,
      batchSize: Math.min(most, batchSize),
      maxTimeMS: timeoutMs,
      hint: letterIndexFor(filter),
    },
  );
}

/** Those of the ids that there are, in their order, up to the one with which their bytes would exceed `mostBytes`. */
export async function idsThatFit(
  { letters, timeoutMs }: MongoStore,
  ids: readonly DeadLetterId[],
  mostBytes: number,
): Promise<readonly string[]> {
  const found = letters.find<LetterSizes>(
    { _id: { $in: [...ids] } },
    { projection: sizes, maxTimeMS: timeoutMs },
  );
  const sizeById = new Map<string, number>();
  for await (const { _id, keySize, size, headersSize } of found)
    sizeById.set(_id, keySize + size + headersSize);
  const fitting: string[] = [];
  let bytes = 0;
  for (const id of new Set(ids)) {
    const size = sizeById.get(id);
    if (size === undefined) continue;
    bytes += size;
    if (bytes > mostBytes && fitting.length > 0) break;
    fitting.push(id);
  }
  return fitting;
}

/** When the last letter of an activity died. */
export interface DeathDocument {
  readonly _id: string;
  readonly diedAt: Date;
}

/** When the last letter of each of these activities died, if it has any: one step along the index, however many it has. */
export function findLatestLetters(
  { letters, timeoutMs }: MongoStore,
  ids: readonly ActivityId[],
): AggregationCursor<DeathDocument> {
  return letters.aggregate<DeathDocument>(
    [
      { $match: { activityId: { $in: [...ids] } } },
      { $sort: letterIndexByActivity.key },
      { $group: { _id: '$activityId', diedAt: { $first: '$diedAt' } } },
    ],
    { maxTimeMS: timeoutMs, batchSize: ids.length + 1, hint: letterIndexByActivity.key },
  );
}
