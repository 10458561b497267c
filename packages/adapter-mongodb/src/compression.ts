import { type Db, MongoServerError } from 'mongodb';
import type { IndexSpec } from './indexes.ts';
import { DeploymentError, isOutage, withoutUri } from './open-failure.ts';

/**
 * How MongoDB compresses a new collection on disk. `small` compresses the documents and all indexes. `balanced` does the same, except for
 * indexes that are written at random positions: MongoDB would compress a page of these for nearly each document. `none` leaves the
 * choice to the server.
 */
export type Compression = 'balanced' | 'small' | 'none';

const storageWith = (compressor: 'zstd' | 'none') => ({
  storageEngine: { wiredTiger: { configString: `block_compressor=${compressor}` } },
});

const unauthorized = 13;
const namespaceExists = 48;

/** Creates a collection, unless it exists. Its compression can't be changed later. */
export async function createCollection(db: Db, collection: string, compression: Compression): Promise<void> {
  // The index on `_id` is compressed only through the default for indexes.
  const compressed = { ...storageWith('zstd'), indexOptionDefaults: storageWith('zstd') };
  try {
    await db.createCollection(collection, compression === 'none' ? {} : compressed);
  } catch (error) {
    if (!(error instanceof MongoServerError) || isOutage(error)) throw error;
    if (error.code === namespaceExists) return;
    if (error.code === unauthorized || compression === 'none') throw error;
    throw new DeploymentError(
      `MongoDB refuses to compress the collection "${collection}" (code ${String(error.code)}: ${withoutUri(error)}). Set ` +
        'MONGODB_COMPRESSION=none to leave the compression to the server.',
    );
  }
}

/** Returns the compression option of a new index. Without the option, the index has the default of its collection. */
export const indexCompression = (
  { isWrittenAtRandom }: IndexSpec,
  compression: Compression,
): { readonly storageEngine?: object } =>
  isWrittenAtRandom === true && compression === 'balanced' ? storageWith('none') : {};
