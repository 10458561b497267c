import { DomainError, type Refused, type StoredActivity, type UserActivity } from '@user-activity/domain';
import { BSON } from 'mongodb';
import { activityDocument, type ActivityDocument } from './activity-document.ts';
import type { MongoStore } from './mongo-store.ts';
import { readByIds } from './read-activities.ts';
import { duplicateKey, refusedInserts } from './refused-inserts.ts';
import { turns } from './turns.ts';

/** The outcome of inserting one activity: stored, its id belongs to an existing activity, or its content was refused. */
export type Inserted = 'stored' | { readonly existing: StoredActivity } | Refused;

const maxRounds = 5;

/**
 * Inserts the activities whose ids are free, each independently of the others. All ids must be different. With `lookFirst`,
 * existing activities are not sent at all, which is faster if most of them exist.
 */
export async function insertNew(
  store: MongoStore,
  activities: readonly UserActivity[],
  lookFirst: boolean,
): Promise<ReadonlyMap<string, Inserted>> {
  const outcomes = new Map<string, Inserted>();
  const lookUp = async (ids: readonly string[]): Promise<void> => {
    if (ids.length === 0) return;
    for (const existing of await readByIds(store, ids)) outcomes.set(existing.id, { existing });
  };
  if (lookFirst) await lookUp(activities.map(({ id }) => id));
  let open = activities.filter(({ id }) => !outcomes.has(id));
  // A further round is needed only if retention or a rollback removed an existing activity before it was read.
  for (let round = 0; open.length > 0; round += 1) {
    if (round === maxRounds)
      throw new DomainError('STORE_UNAVAILABLE', 'Ids were taken, but their activities were missing.');
    await lookUp(await insert(store, open, outcomes));
    open = open.filter(({ id }) => !outcomes.has(id));
  }
  return outcomes;
}

/** Inserts activities and adds their outcomes. Returns the ids that are taken, which have no outcome yet. */
async function insert(
  { activities }: MongoStore,
  open: readonly UserActivity[],
  outcomes: Map<string, Inserted>,
): Promise<string[]> {
  const documents: ActivityDocument[] = [];
  const turn = turns.begin();
  for (const activity of open) {
    const document = activityDocument(activity);
    const bytes = encodedBytes(document);
    if (bytes === undefined) outcomes.set(activity.id, { refused: 'it can not be encoded as BSON' });
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

/** Returns the document's size, or undefined if the driver can't encode it: then it would fail the whole batch. */
function encodedBytes(document: ActivityDocument): number | undefined {
  try {
    return BSON.calculateObjectSize(document);
  } catch {
    return undefined;
  }
}
