import { MongoBulkWriteError } from 'mongodb';

/** The code of an insert whose id is taken. */
export const duplicateKey = 11_000;

/**
 * Waits for an unordered insert of several documents. Returns the error code of each document that was not inserted, by its index.
 * Rejects if MongoDB did not confirm the others.
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
