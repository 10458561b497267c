import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { ProjectId } from '@user-activity/domain';
import { type Db, MongoServerError } from 'mongodb';
import { type Compression, createCollection, indexCompression } from './compression.ts';
import { ensureIndexes } from './ensure-indexes.ts';
import { type CollectionIndexes, collectionIndexes } from './indexes.ts';
import { isOutage } from './open-failure.ts';

/** Called while a migration makes progress, with the number of documents that it has given a project. */
export type OnMigrationProgress = (documents: number) => void;

/** A document of any version. Versions without projects wrote no project. */
interface ProjectDocument {
  readonly _id: string;
  readonly project?: string | null;
}

/** An index as MongoDB lists it, or as we define it. */
interface ListedIndex {
  readonly key: object;
  readonly name?: string;
  /** The version of the index's format. */
  readonly v?: number | undefined;
  /** The compression, if the index was created with one of its own. */
  readonly storageEngine?: object;
}

const batchSize = 1000;
const pingMs = 1000;
const namespaceNotFound = 26;

/**
 * Creates missing collections and indexes, gives documents of versions without projects the project `default`, and drops the indexes of those versions.
 * Each step can be repeated, and several processes may migrate at the same time. So after a kill, the next start continues. `patient`
 * is the same database without a time limit for responses, because MongoDB may build an index for hours.
 */
export async function migrate(
  db: Db,
  patient: Db,
  compression: Compression,
  onProgress: OnMigrationProgress,
): Promise<void> {
  let documents = 0;
  for (const indexes of collectionIndexes)
    await whileResponding(db, createIndexes(patient, indexes, compression), () => onProgress(documents));
  const onBatch = (batch: number): void => {
    documents += batch;
    onProgress(documents);
  };
  await whileResponding(db, setMissingProjects(patient, onBatch));
  for (const indexes of collectionIndexes) await whileResponding(db, dropOlderIndexes(patient, indexes));
}

/** Creates a collection if it is missing, and its missing indexes. What exists keeps its compression, which can't be changed. */
async function createIndexes(
  db: Db,
  { collection, current }: CollectionIndexes,
  compression: Compression,
): Promise<void> {
  let existing = await findIndexes(db, collection);
  if (existing === undefined) {
    await createCollection(db, collection, compression);
    // Another process may have created the collection at the same time, with another compression.
    existing = await findIndexes(db, collection);
  }
  const descriptions = current.map((index) => {
    const { isWrittenAtRandom: _, ...description } = index;
    const same = existing?.find(({ name }) => name === nameOf(index.key));
    // MongoDB refuses an index that exists with another compression.
    const { storageEngine } = same ?? indexCompression(index, compression);
    return {
      ...description,
      key: { ...index.key },
      ...(storageEngine === undefined ? {} : { storageEngine }),
    };
  });
  await ensureIndexes(db.collection(collection), descriptions);
}

/** Returns undefined if the collection does not exist. */
async function findIndexes(db: Db, collection: string): Promise<readonly ListedIndex[] | undefined> {
  try {
    return await db.collection(collection).indexes();
  } catch (error) {
    if (error instanceof MongoServerError && error.code === namespaceNotFound) return undefined;
    throw error;
  }
}

/** Waits for long work of the server. Calls `onResponse` each second in which the server responds, and rejects if it does not respond. */
async function whileResponding<Value>(
  db: Db,
  work: Promise<Value>,
  onResponse: () => void = () => {},
): Promise<Value> {
  const over = new AbortController();
  const watch = async (): Promise<never> => {
    for (;;) {
      await delay(pingMs, undefined, { signal: over.signal });
      await db.command({ ping: 1 });
      if (!over.signal.aborted) onResponse();
    }
  };
  try {
    return await Promise.race([work, watch()]);
  } finally {
    over.abort();
  }
}

/**
 * Gives documents without a project the project `default`, in batches of 1,000. If there are none, it reads one key of an index in each
 * collection. Documents that are inserted in the meantime may need the next call.
 */
export async function setMissingProjects(
  db: Db,
  onBatch: (documents: number) => void = () => {},
): Promise<void> {
  for (const indexes of collectionIndexes) {
    const documents = collectionIn(db, indexes);
    const update = async (ids: readonly string[]): Promise<void> => {
      // Another process may have updated or replaced some of them.
      const filter = { _id: { $in: [...ids] }, project: null };
      await documents.updateMany(filter, { $set: { project: ProjectId.default } }, { hint: { _id: 1 } });
      onBatch(ids.length);
    };
    let ids: string[] = [];
    // One cursor for all batches: each new query would step over the index keys that the updates before it removed.
    for await (const { _id } of findWithoutProject(db, indexes)) {
      ids.push(_id);
      if (ids.length < batchSize) continue;
      await update(ids);
      ids = [];
    }
    if (ids.length > 0) await update(ids);
  }
}

const collectionIn = (db: Db, { collection }: CollectionIndexes) =>
  db.collection<ProjectDocument>(collection);

/** Queries the ids of the documents without a project. */
export const findWithoutProject = (db: Db, indexes: CollectionIndexes) =>
  collectionIn(db, indexes).find(
    { project: null },
    { projection: { _id: 1 }, hint: { ...indexes.byProject }, batchSize },
  );

async function dropOlderIndexes(db: Db, indexes: CollectionIndexes): Promise<void> {
  const documents = collectionIn(db, indexes);
  const ours = indexes.older.map(identityOf);
  for (const index of await documents.indexes()) {
    const identity = identityOf(index);
    if (!ours.some((each) => isDeepStrictEqual(each, identity))) continue;
    try {
      await documents.dropIndex(identity.name);
    } catch (error) {
      // Another process dropped it, or MongoDB still needs it, as for a shard key. An unused index does no harm.
      if (!(error instanceof MongoServerError) || isOutage(error)) throw error;
    }
  }
}

/** Returns what makes two indexes the same: the key with its order, the name and all options. */
function identityOf({ key, name, v: _version, ...options }: ListedIndex) {
  const fields = Object.entries(key);
  return { fields, name: name ?? nameOf(key), options };
}

/** Returns the default name that the driver gives to an index. */
const nameOf = (key: object): string => Object.entries(key).flat().join('_');
