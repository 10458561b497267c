import { type Collection, type IndexDescription, MongoServerError } from 'mongodb';
import { DeploymentError, withoutUri } from './open-failure.ts';

// IndexOptionsConflict and IndexKeySpecsConflict of MongoDB's error_codes.yml. Which of them is reported depends on the version of MongoDB.
const conflictCodes: ReadonlySet<unknown> = new Set([85, 86]);

/** Creates the missing indexes of a collection. Throws DeploymentError if an existing index has the same key or name, but other options. */
export async function ensureIndexes(
  collection: Pick<Collection, 'collectionName' | 'createIndexes'>,
  indexes: readonly IndexDescription[],
): Promise<void> {
  try {
    // By default, MongoDB waits for every voting member. Then a member that is down would block the start.
    await collection.createIndexes([...indexes], { commitQuorum: 'majority' });
  } catch (error) {
    if (!(error instanceof MongoServerError) || !conflictCodes.has(error.code)) throw error;
    const { collectionName: name } = collection;
    throw new DeploymentError(
      `The collection "${name}" has an index that conflicts with an index of the service (code ${String(error.code)}: ` +
        `${withoutUri(error)}). Drop the existing index with db.${name}.dropIndex("<its name>") in mongosh, and start again: ` +
        'the service then creates its own.',
    );
  }
}
