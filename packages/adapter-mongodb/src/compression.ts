import { type Db, MongoServerError } from 'mongodb';
import type { IndexSpec } from './indexes.ts';
import { DeploymentError, isOutage, withoutUri } from './open-failure.ts';

/**
 * How MongoDB stores a new collection on disk. `balanced` compresses it, except for the indexes that are written at random positions:
 * these would compress a page for nearly each document. `small` compresses all indexes. `none` leaves the choice to the server.
 */
export type Compression = 'balanced' | 'small' | 'none';

const storageWith = (compressor: 'zstd' | 'none') => ({
  storageEngine: { wiredTiger: { configString: `block_compressor=${compressor}` } },
});

const unauthorized = 13;
const namespaceExists = 48;

/** Creates a collection, unless another process has created it. Its compression can't be changed later. */
export async function createCollection(db: Db, collection: string, compression: Compression): Promise<void> {
  // Only the default for indexes compresses the index on `_id`.
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

/** Returns the compression of a new index, as an option. Without the option, the index has the default of its collection. */
export const indexCompression = (
  { isWrittenAtRandom }: IndexSpec,
  compression: Compression,
): { readonly storageEngine?: object } =>
  isWrittenAtRandom === true && compression === 'balanced' ? storageWith('none') : {};
