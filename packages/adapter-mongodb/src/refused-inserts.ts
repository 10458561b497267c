import { MongoBulkWriteError } from 'mongodb';

/** MongoDB's error code for an insert with an id that exists (DuplicateKey). */
export const duplicateKey = 11_000;

/**
 * Waits for an unordered insert of several documents. Returns the error code of each document that was refused, by its index. Rejects if
 * MongoDB did not confirm the insertion of all other documents.
 */
export async function refusedInserts(insertion: Promise<unknown>): Promise<ReadonlyMap<number, number>> {
  try {
    await insertion;
    return new Map();
  } catch (error) {
    // Without the majority's confirmation, no document counts as stored.
    if (!(error instanceof MongoBulkWriteError) || error.result.getWriteConcernError() !== undefined)
      throw error;
    const errors = [error.writeErrors].flat();
    if (errors.length === 0) throw error;
    return new Map(errors.map(({ index, code }) => [index, code]));
  }
}
