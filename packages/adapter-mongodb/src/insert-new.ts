import { DomainError, type Refused, type StoredActivity, type UserActivity } from '@user-activity/domain';
import { BSON, MongoBulkWriteError, type WriteError } from 'mongodb';
import { type ActivityDocument, documentOf, storedOf } from './activity-document.ts';
import type { MongoStore } from './mongo-store.ts';
import { turns } from './turns.ts';

/** What became of one activity: it is new, its id was taken by the known one, or its content was refused. */
export type Inserted = 'stored' | { readonly known: StoredActivity } | Refused;

const duplicateKey = 11_000;
/** So many documents the server sends at once, and 16 MiB of them at most: 4 MiB of metadata of 16 KiB. */
export const readAtOnce = 250;

/**
 * Inserts those whose ids are free, each by itself: one that is refused stops no other. Their ids are all different.
 * With `lookFirst` those that are known are not sent at all, which is faster where that is most of them.
 */
export async function insertNew(
  store: MongoStore,
  activities: readonly UserActivity[],
  lookFirst: boolean,
): Promise<ReadonlyMap<string, Inserted>> {
  const outcomes = new Map<string, Inserted>();
  if (lookFirst)
    await lookUp(
      store,
      activities.map(({ id }) => id),
      outcomes,
    );
  let open = activities.filter(({ id }) => !outcomes.has(id));
  // A second round only where one that was in the way is gone by the time it is asked for: retention or a rollback took it.
  for (let round = 0; open.length > 0; round += 1) {
    if (round === 5)
      throw new DomainError('STORE_UNAVAILABLE', 'Ids are taken and not there, again and again.');
    const taken = await insert(store, open, outcomes);
    await lookUp(store, taken, outcomes);
    open = open.filter(({ id }) => !outcomes.has(id));
  }
  return outcomes;
}

/** Inserts, notes what became of those that were not in the way of another, and gives the ids of the others. */
async function insert(
  { activities }: MongoStore,
  open: readonly UserActivity[],
  outcomes: Map<string, Inserted>,
): Promise<string[]> {
  const documents: ActivityDocument[] = [];
  const turn = turns.begin();
  for (const activity of open) {
    const document = documentOf(activity);
    const bytes = encodedBytes(document);
    if (bytes === undefined) outcomes.set(activity.id, { refused: 'it can not be encoded as BSON' });
    else documents.push(document);
    if (turn.isOverAfter(bytes ?? 0)) await turn.next();
  }
  if (documents.length === 0) return [];
  let errors: readonly WriteError[] = [];
  try {
    await activities.insertMany(documents, { ordered: false });
  } catch (error) {
    // Without the majority's word none of the batch counts as kept.
    if (!(error instanceof MongoBulkWriteError) || error.result.getWriteConcernError() !== undefined)
      throw error;
    errors = [error.writeErrors].flat();
    if (errors.length === 0) throw error;
  }
  const failed = new Map(errors.map((error) => [error.index, error.code]));
  const taken: string[] = [];
  for (const [index, { _id }] of documents.entries()) {
    const code = failed.get(index);
    if (code === undefined) outcomes.set(_id, 'stored');
    else if (code === duplicateKey) taken.push(_id);
    else outcomes.set(_id, { refused: `MongoDB refuses the document (code ${code})` });
  }
  return taken;
}

async function lookUp(
  { activities, timeoutMs }: MongoStore,
  ids: readonly string[],
  outcomes: Map<string, Inserted>,
): Promise<void> {
  if (ids.length === 0) return;
  const found = activities.find(
    { _id: { $in: [...ids] } },
    { maxTimeMS: timeoutMs, batchSize: Math.min(ids.length + 1, readAtOnce) },
  );
  const turn = turns.begin();
  for await (const document of found) {
    const known = storedOf(document);
    outcomes.set(known.id, { known });
    if (turn.isOverAfter(known.metadata.length)) await turn.next();
  }
}

/** The document's size; undefined if the driver can't write it: one such document would fail the whole batch. */
function encodedBytes(document: ActivityDocument): number | undefined {
  try {
    return BSON.calculateObjectSize(document);
  } catch {
    return undefined;
  }
}
