import {
  ActivityKeyText,
  DomainError,
  type LogPosition,
  type Refused,
  type StoredActivity,
  type UserActivity,
} from '@user-activity/domain';
import { BSON, MongoError } from 'mongodb';
import { activityDocument, type ActivityDocument } from './activity-document.ts';
import type { SizedDocument } from './make-inserter.ts';
import type { MongoStore } from './mongo-store.ts';
import { readByKeys } from './read-activities.ts';
import { duplicateKey } from './refused-inserts.ts';
import { sizedMetadata } from './sized-metadata.ts';
import { turns } from './turns.ts';

/** The reason why an activity was not inserted: MongoDB refused it, or `existing` is stored with the same key. */
export type NotInserted = { readonly existing: StoredActivity } | Refused;

/** An activity to insert. */
export interface NewActivity {
  /** Its `ActivityKeyText`. */
  readonly key: string;
  readonly activity: UserActivity;
  readonly origin: LogPosition | undefined;
}

const maxRounds = 5;

/**
 * Inserts activities with different keys, independently of each other. Returns the reason for each activity that was not inserted, by
 * key. With `findExisting`, first reads the activities that exist, and inserts only the others. This is faster if most activities exist.
 */
export async function insertNew(
  store: MongoStore,
  newActivities: readonly NewActivity[],
  findExisting: boolean,
): Promise<ReadonlyMap<string, NotInserted>> {
  const notInserted = new Map<string, NotInserted>();
  const withoutExisting = async (activities: readonly NewActivity[]): Promise<readonly NewActivity[]> => {
    if (activities.length === 0) return activities;
    const found = await readByKeys(
      store,
      activities.map(({ key }) => key),
    );
    for (const existing of found) notInserted.set(ActivityKeyText.of(existing), { existing });
    return activities.filter(({ key }) => !notInserted.has(key));
  };
  let remaining = findExisting ? await withoutExisting(newActivities) : newActivities;
  // A second round is needed if a document can't be encoded, or if retention or a rollback removed an existing activity before it was read.
  for (let round = 0; remaining.length > 0; round += 1) {
    if (round === maxRounds)
      throw new DomainError(
        'STORE_UNAVAILABLE',
        'MongoDB reported existing keys, but did not return their activities.',
      );
    remaining = await withoutExisting(await insert(store, remaining, notInserted));
  }
  return notInserted;
}

/** Inserts activities, and adds the reason for each one that can't be stored. Returns those whose key exists, or that need another try. */
async function insert(
  store: MongoStore,
  newActivities: readonly NewActivity[],
  notInserted: Map<string, NotInserted>,
): Promise<readonly NewActivity[]> {
  const documents: SizedDocument<ActivityDocument>[] = [];
  const turn = turns.begin();
  for (const { activity, origin } of newActivities) {
    const sized = sizedDocument(activity, origin);
    documents.push(sized);
    if (turn.isOverAfter(sized.maxBytes)) await turn.next();
  }
  let codes: ReadonlyMap<number, number>;
  try {
    codes = await store.insertActivities(documents);
  } catch (error) {
    if (error instanceof MongoError) throw error;
    // The driver could not encode a document. Our codec should prevent that, so the documents are checked only now.
    const encodable = newActivities.filter((_, index) => isEncodable(documents[index]?.document));
    if (encodable.length === newActivities.length) throw error;
    for (const { key } of newActivities)
      notInserted.set(key, { refused: "the activity can't be encoded as BSON" });
    for (const { key } of encodable) notInserted.delete(key);
    return encodable;
  }
  const taken: NewActivity[] = [];
  for (const [index, code] of codes) {
    const refused = newActivities[index];
    if (refused === undefined) continue;
    if (code === duplicateKey) taken.push(refused);
    else notInserted.set(refused.key, { refused: `MongoDB refuses the document (code ${code})` });
  }
  return taken;
}

// The maximum size of the parts without texts and metadata: field names, times, numbers and the id of the log.
const otherBytes = 512;
const unitBytes = 3;

/** Converts an activity to a document with an upper bound of its size. Measuring the size would take three times as long. */
function sizedDocument(
  activity: UserActivity,
  origin: LogPosition | undefined,
): SizedDocument<ActivityDocument> {
  const { encoded, maxBytes } = sizedMetadata(activity.metadata);
  const document = activityDocument(activity, origin, encoded);
  const { _id, userId, type } = document;
  return {
    document,
    maxBytes: otherBytes + unitBytes * (_id.length + userId.length + type.length) + maxBytes,
  };
}

/** Returns whether the driver can encode the document. A document that it can't encode fails the whole command. */
function isEncodable(document: ActivityDocument | undefined): boolean {
  try {
    return document !== undefined && BSON.serialize(document).length > 0;
  } catch {
    return false;
  }
}
