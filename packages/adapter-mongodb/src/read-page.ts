import { type ActivityQuery, maxPageBytes, type StoredActivity } from '@user-activity/domain';
import type { MongoStore } from './mongo-store.ts';
import { findCommand, splitFilter, scansFor } from './page-scans.ts';
import { decodeInTurns } from './read-activities.ts';
import { timeBudget } from './time-budget.ts';

// The maximum number of documents in the first reply. With 32 KiB of metadata each, it has 2 MiB.
const firstBatchSize = 64;
// The size of each following reply in bytes, if its documents are as large as those in the reply before it.
const batchBytes = 2 * 1024 * 1024;
/**
 * A reply of at most this size is complete. MongoDB ends a reply before the document with which it would exceed 16 MiB, and no document of
 * the service has more than 12 MiB.
 */
export const minCutReplyBytes = 4 * 1024 * 1024;

/** Reads the activities of a page, and the next activity if there is one. */
export async function readPage(store: MongoStore, query: ActivityQuery): Promise<readonly StoredActivity[]> {
  const timeLeft = timeBudget(store.timeoutMs);
  const parts = splitFilter(query.filter).map((filter) => readPart(store, query.with({ filter }), timeLeft));
  const [first = [], ...others] = await Promise.all(parts);
  if (others.length === 0) return first;
  const inOrder = query.order === 'asc' ? ascending : descending;
  return [first, ...others]
    .flat()
    .toSorted(inOrder)
    .slice(0, query.limit + 1);
}

/** Compares two activities in the order of MongoDB. JavaScript sorts ids in the same way, because they are ASCII. */
function ascending(a: StoredActivity, b: StoredActivity): number {
  return a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1);
}

const descending = (a: StoredActivity, b: StoredActivity): number => ascending(b, a);

/** Reads the activities of a query. Ends after the activity with which they exceed the maximum number or size of a page. */
async function readPart(
  store: MongoStore,
  query: ActivityQuery,
  timeLeft: () => number,
): Promise<readonly StoredActivity[]> {
  const found: StoredActivity[] = [];
  let [scans, batchSize, bytesLeft] = [scansFor(query), firstBatchSize, maxPageBytes];
  for (;;) {
    const [scan, ...following] = scans;
    if (scan === undefined) return found;
    const max = Math.min(batchSize, query.limit + 1 - found.length);
    const documents = await store.readListed(findCommand(query.filter, scan, max, timeLeft()));
    const activities = await decodeInTurns(documents, bytesLeft);
    found.push(...activities);
    bytesLeft -= sumOf(activities, ({ metadata }) => metadata.length);
    if (found.length > query.limit || bytesLeft < 0) return found;
    const replyBytes = sumOf(documents, ({ length }) => length);
    const isCut = documents.length === max || replyBytes > minCutReplyBytes;
    scans = isCut ? scansFor(query.with({ after: found.at(-1) })) : following;
    // An empty reply does not show the size of documents.
    if (documents.length > 0)
      batchSize = Math.max(1, Math.floor((batchBytes * documents.length) / replyBytes));
  }
}

const sumOf = <Item>(items: readonly Item[], numberOf: (item: Item) => number): number =>
  items.reduce((sum, item) => sum + numberOf(item), 0);
