import {
  type DeadLetterId,
  type DeadLetterQuery,
  listedBytes,
  type ListedLetter,
  maxPageBytes,
  type ProjectId,
} from '@user-activity/domain';
import type { Document } from 'mongodb';
import {
  type DeadLetterSizes,
  type ListedDocument,
  listedLetterFromDocument,
} from './dead-letter-document.ts';
import { deadLetterIndexFor } from './indexes.ts';
import type { MongoStore } from './mongo-store.ts';
import { anyOf, type Range, rangesAfter, sortFor } from './ranges.ts';
import { turns } from './turns.ts';

const timeField = 'diedAt';

// The server computes the sizes from the bytes, because letters of older versions have no field for them.
const sizes = {
  keySize: { $ifNull: [{ $binarySize: '$key' }, 0] },
  size: { $ifNull: [{ $binarySize: '$value' }, 0] },
  headersSize: { $bsonSize: { headers: '$headers' } },
};

const nullIfLarger = (max: number, size: Document, part: string): Document => ({
  $cond: [{ $lte: [size, max] }, part, null],
});

const listProjection = {
  project: 1,
  origin: 1,
  code: 1,
  reason: 1,
  diedAt: 1,
  activityId: 1,
  ...sizes,
  key: nullIfLarger(listedBytes.key, sizes.keySize, '$key'),
  value: nullIfLarger(listedBytes.value, sizes.size, '$value'),
  headers: nullIfLarger(listedBytes.headers, sizes.headersSize, '$headers'),
};

// Converting a letter without key and value takes as long as converting this many bytes of a value.
const listedOverhead = 1024;

// The maximum number of letters in a reply of the server. A reply then has at most 2.3 MiB.
const batchSize = 32;

/** Reads the letters of a page, and the next letter if there is one. */
export async function readDeadLetters(
  store: MongoStore,
  query: DeadLetterQuery,
): Promise<readonly ListedLetter[]> {
  const page: ListedLetter[] = [];
  const turn = turns.begin();
  let bytes = 0;
  for (const range of deadLetterRanges(query)) {
    const max = query.limit + 1 - page.length;
    if (max === 0 || bytes > maxPageBytes) break;
    for await (const document of findDeadLetters(store, query, range, max)) {
      const letter = listedLetterFromDocument(document);
      page.push(letter);
      const size = (letter.key?.length ?? 0) + (letter.value?.length ?? 0);
      bytes += 2 * size;
      if (bytes > maxPageBytes) break;
      if (turn.isOverAfter(size + listedOverhead)) await turn.next();
    }
  }
  return page;
}

/** Returns the ranges of an index that hold the letters of a query. */
export const deadLetterRanges = ({ filter, order, after }: DeadLetterQuery): readonly Range[] =>
  rangesAfter({
    field: timeField,
    within: filter.diedAt,
    order,
    after: after && { time: after.diedAt, id: after.id },
  });

/** Queries the letters of a range, without parts that are too large for a page. */
export function findDeadLetters(
  { deadLetters, timeoutMs }: MongoStore,
  { filter, order }: Pick<DeadLetterQuery, 'filter' | 'order'>,
  range: Range,
  max: number,
) {
  const withCode = filter.codes.length > 0 ? { code: anyOf(filter.codes) } : {};
  return deadLetters.find<ListedDocument>(
    { project: filter.project, ...withCode, ...range.positions },
    {
      projection: listProjection,
      sort: sortFor({ field: timeField, order }, range),
      limit: max,
      batchSize: Math.min(max, batchSize),
      maxTimeMS: timeoutMs,
      hint: deadLetterIndexFor(filter),
    },
  );
}

/** Returns the first of these ids whose letters together have at most `maxBytes`, but at least one. Skips letters that do not exist. */
export async function idsThatFit(
  { deadLetters, timeoutMs }: MongoStore,
  project: ProjectId,
  ids: readonly DeadLetterId[],
  maxBytes: number,
): Promise<readonly string[]> {
  const options = { projection: sizes, hint: { _id: 1 }, maxTimeMS: timeoutMs };
  const letters = deadLetters.find<DeadLetterSizes>({ _id: { $in: [...ids] }, project }, options);
  const sizeById = new Map<string, number>();
  for await (const { _id, keySize, size, headersSize } of letters)
    sizeById.set(_id, keySize + size + headersSize);
  const fitting: string[] = [];
  let bytes = 0;
  for (const id of new Set(ids)) {
    const size = sizeById.get(id);
    if (size === undefined) continue;
    bytes += size;
    if (bytes > maxBytes && fitting.length > 0) break;
    fitting.push(id);
  }
  return fitting;
}
