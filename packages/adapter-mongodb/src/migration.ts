import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { ProjectId } from '@user-activity/domain';
import { type Db, MongoServerError } from 'mongodb';
import { type Compression, createCollection, indexCompression } from './compression.ts';
import { ensureIndexes } from './ensure-indexes.ts';
import { type CollectionIndexes, collectionIndexes } from './indexes.ts';
import { isOutage } from './open-failure.ts';

/** Called while a migration makes progress. `documents` is the number of documents that have got a project so far. */
export type OnMigrationProgress = (documents: number) => void;

/** A document of any version. Versions without projects wrote no `project`. */
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
  /** The compression of the index, if it is not the default of the collection. */
  readonly storageEngine?: object;
}

const batchSize = 1000;
const pingMs = 1000;
const namespaceNotFound = 26;

/**
 * Creates missing collections and indexes, sets the project of documents of versions without projects to `default`, and drops the indexes
 * of those versions. Each step can be repeated, so the next start continues a migration that was killed. Several processes may migrate at
 * the same time. `unlimitedDb` is the same database without a time limit for responses, because MongoDB may take hours to build an index.
 */
export async function migrate(
  db: Db,
  unlimitedDb: Db,
  compression: Compression,
  onProgress: OnMigrationProgress,
): Promise<void> {
  let documents = 0;
  for (const indexes of collectionIndexes)
    await whileResponding(db, createIndexes(unlimitedDb, indexes, compression), () => onProgress(documents));
  const onBatch = (batch: number): void => {
    documents += batch;
    onProgress(documents);
  };
  await whileResponding(db, setMissingProjects(unlimitedDb, onBatch));
  for (const indexes of collectionIndexes) await whileResponding(db, dropOlderIndexes(unlimitedDb, indexes));
}

/** Creates a missing collection, and its missing indexes. Existing ones keep their compression, which can't be changed. */
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
    // MongoDB refuses to create an index that exists with another compression.
    const { storageEngine } = same ?? indexCompression(index, compression);
    return {
      ...description,
      key: { ...index.key },
      ...(storageEngine === undefined ? {} : { storageEngine }),
    };
  });
  await ensureIndexes(db.collection(collection), descriptions);
}

/** Returns the indexes of a collection, or undefined if the collection does not exist. */
async function findIndexes(db: Db, collection: string): Promise<readonly ListedIndex[] | undefined> {
  try {
    return await db.collection(collection).indexes();
  } catch (error) {
    if (error instanceof MongoServerError && error.code === namespaceNotFound) return undefined;
    throw error;
  }
}

/** Waits for work that may take the server long. Pings the server each second, and calls `onResponse` if it responds. Otherwise rejects. */
async function whileResponding<Value>(
  db: Db,
  work: Promise<Value>,
  onResponse: () => void = () => {},
): Promise<Value> {
  const done = new AbortController();
  const watch = async (): Promise<never> => {
    for (;;) {
      await delay(pingMs, undefined, { signal: done.signal });
      await db.command({ ping: 1 });
      if (!done.signal.aborted) onResponse();
    }
  };
  try {
    return await Promise.race([work, watch()]);
  } finally {
    done.abort();
  }
}

/**
 * Sets the project of documents without a project to `default`, in batches of 1,000. If there are none, it reads one index key in each
 * collection. Misses documents that are inserted meanwhile. The next call finds them.
 */
export async function setMissingProjects(
  db: Db,
  onBatch: (documents: number) => void = () => {},
): Promise<void> {
  for (const indexes of collectionIndexes) {
    const documents = collectionIn(db, indexes);
    const update = async (ids: readonly string[]): Promise<void> => {
      // Another process may have updated or replaced some of these documents.
      const filter = { _id: { $in: [...ids] }, project: null };
      await documents.updateMany(filter, { $set: { project: ProjectId.default } }, { hint: { _id: 1 } });
      onBatch(ids.length);
    };
    let ids: string[] = [];
    // Uses one cursor for all batches. A new query for each batch would step over the index keys that earlier updates removed.
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
      // Another process has dropped the index, or MongoDB needs it, for example for a shard key. An unused index does no harm.
      if (!(error instanceof MongoServerError) || isOutage(error)) throw error;
    }
  }
}

/** Returns what two equal indexes have in common: the fields of the key in order, the name and all options. */
function identityOf({ key, name, v: _version, ...options }: ListedIndex) {
  const fields = Object.entries(key);
  return { fields, name: name ?? nameOf(key), options };
}

/** Returns the default name that the driver gives to an index. */
const nameOf = (key: object): string => Object.entries(key).flat().join('_');
