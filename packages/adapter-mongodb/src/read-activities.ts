import type { StoredActivity } from '@user-activity/domain';
import { type ActivityDocument, storedActivity } from './activity-document.ts';
import type { MongoStore } from './mongo-store.ts';
import { turns } from './turns.ts';

// How many documents the server sends at once, at most 16 MiB: 4 MiB with metadata of 16 KiB.
const batchSize = 250;

/** Returns the activities with these ids; unknown ids are left out. */
export const readByIds = (
  { activities, timeoutMs }: MongoStore,
  ids: readonly string[],
): Promise<readonly StoredActivity[]> =>
  readInTurns(
    activities.find(
      { _id: { $in: [...ids] } },
      { maxTimeMS: timeoutMs, batchSize: Math.min(ids.length + 1, batchSize) },
    ),
  );

/**
 * Reads activities in the order of the cursor, up to the one with which their metadata exceeds `maxBytes`. The driver decodes each
 * document when it is read, and 500 documents with many keys took a second, so other work gets its turn in between.
 */
export async function readInTurns(
  cursor: AsyncIterable<ActivityDocument>,
  maxBytes: number = Number.POSITIVE_INFINITY,
): Promise<readonly StoredActivity[]> {
  const read: StoredActivity[] = [];
  const turn = turns.begin();
  let bytes = 0;
  for await (const document of cursor) {
    const activity = storedActivity(document);
    read.push(activity);
    bytes += activity.metadata.length;
    if (bytes > maxBytes) break;
    if (turn.isOverAfter(activity.metadata.length)) await turn.next();
  }
  return read;
}
