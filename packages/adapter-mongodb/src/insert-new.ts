import {
  ActivityKeyText,
  DomainError,
  type LogPosition,
  type Refused,
  type StoredActivity,
  type UserActivity,
} from '@user-activity/domain';
import { BSON } from 'mongodb';
import { activityDocument, type ActivityDocument } from './activity-document.ts';
import type { MongoStore } from './mongo-store.ts';
import { readByKeys } from './read-activities.ts';
import { duplicateKey, refusedInserts } from './refused-inserts.ts';
import { turns } from './turns.ts';

/** The outcome for one activity. `existing` is the stored activity that has the same key. */
export type Inserted = 'stored' | { readonly existing: StoredActivity } | Refused;

/** An activity to insert. */
export interface NewActivity {
  readonly activity: UserActivity;
  readonly origin: LogPosition | undefined;
}

const maxRounds = 5;

/**
 * Inserts activities, each independently of the others, and returns the outcomes by key. All keys must be different. With
 * `findExisting`, reads existing activities before it inserts the rest, which is faster if most activities exist.
 */
export async function insertNew(
  store: MongoStore,
  newActivities: readonly NewActivity[],
  findExisting: boolean,
): Promise<ReadonlyMap<string, Inserted>> {
  const outcomes = new Map<string, Inserted>();
  const lookUp = async (keys: readonly string[]): Promise<void> => {
    if (keys.length === 0) return;
    for (const existing of await readByKeys(store, keys))
      outcomes.set(ActivityKeyText.of(existing), { existing });
  };
  if (findExisting) await lookUp(newActivities.map(keyOf));
  // A second round is needed only if retention or a rollback removed an existing activity before it was read.
  for (let round = 0; ; round += 1) {
    const remaining = newActivities.filter((activity) => !outcomes.has(keyOf(activity)));
    if (remaining.length === 0) return outcomes;
    if (round === maxRounds)
      throw new DomainError(
        'STORE_UNAVAILABLE',
        'MongoDB reported existing keys, but did not return their activities.',
      );
    await lookUp(await insert(store, remaining, outcomes));
  }
}

const keyOf = ({ activity }: NewActivity): string => ActivityKeyText.of(activity);

/** Inserts new activities, and adds their outcomes. Returns the keys of existing activities, which have no outcome yet. */
async function insert(
  { activities }: MongoStore,
  newActivities: readonly NewActivity[],
  outcomes: Map<string, Inserted>,
): Promise<string[]> {
  const documents: ActivityDocument[] = [];
  const turn = turns.begin();
  for (const { activity, origin } of newActivities) {
    const document = activityDocument(activity, origin);
    const bytes = encodedBytes(document);
    if (bytes === undefined) outcomes.set(document._id, { refused: "it can't be encoded as BSON" });
    else documents.push(document);
    if (turn.isOverAfter(bytes ?? 0)) await turn.next();
  }
  if (documents.length === 0) return [];
  const codes = await refusedInserts(activities.insertMany(documents, { ordered: false }));
  const taken: string[] = [];
  for (const [index, { _id }] of documents.entries()) {
    const code = codes.get(index);
    if (code === undefined) outcomes.set(_id, 'stored');
    else if (code === duplicateKey) taken.push(_id);
    else outcomes.set(_id, { refused: `MongoDB refuses the document (code ${code})` });
  }
  return taken;
}

/** Returns the size of the document in bytes, or undefined if the driver can't encode it. It would then fail the whole batch. */
function encodedBytes(document: ActivityDocument): number | undefined {
  try {
    return BSON.calculateObjectSize(document);
  } catch {
    return undefined;
  }
}
