import type { StoredActivity } from '@user-activity/domain';
import { type ActivityDocument, activityFromDocument } from './activity-document.ts';
import type { MongoStore } from './mongo-store.ts';
import { readActivity } from './stored-activity-reader.ts';
import { turns } from './turns.ts';

// The maximum number of documents in a reply of the server. With 16 KiB of metadata each, a reply has 4 MiB. Its limit is 16 MiB.
const batchSize = 250;

/** Reads the activities with these keys. Each key is an `ActivityKeyText`. Ignores unknown keys. */
export const readByKeys = ({ activities, timeoutMs }: MongoStore, keys: readonly string[]) =>
  readInTurns(
    activities.find(
      { _id: { $in: [...keys] } },
      { hint: { _id: 1 }, maxTimeMS: timeoutMs, batchSize: Math.min(keys.length + 1, batchSize) },
    ),
  );

/**
 * Reads activities in the order of the cursor. Lets other work run in between, because the driver decodes each document when it is read:
 * 500 documents with many keys took a second.
 */
export async function readInTurns(
  cursor: AsyncIterable<ActivityDocument>,
): Promise<readonly StoredActivity[]> {
  const decoded: StoredActivity[] = [];
  const turn = turns.begin();
  for await (const document of cursor) {
    const activity = activityFromDocument(document);
    decoded.push(activity);
    if (turn.isOverAfter(activity.metadata.length)) await turn.next();
  }
  return decoded;
}

/**
 * Decodes activities from BSON. Ends after the activity with which the total size of the metadata exceeds `maxBytes`. Lets other work run
 * in between, as `readInTurns` does.
 */
export async function decodeInTurns(
  documents: readonly Buffer[],
  maxBytes: number,
): Promise<readonly StoredActivity[]> {
  const decoded: StoredActivity[] = [];
  const turn = turns.begin();
  let bytes = 0;
  for (const document of documents) {
    const activity = readActivity(document);
    decoded.push(activity);
    bytes += activity.metadata.length;
    if (bytes > maxBytes) break;
    if (turn.isOverAfter(activity.metadata.length)) await turn.next();
  }
  return decoded;
}
