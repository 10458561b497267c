import { type Db, type Document, MongoNetworkError, MongoServerError, type ReadPreference } from 'mongodb';

/** Executes a `find` command. Returns the BSON of the documents in its reply, in order. */
export type ListReader = (command: Document) => Promise<readonly Buffer[]>;

interface FindReply {
  readonly cursor: { readonly firstBatch: readonly Buffer[] };
}

// From https://github.com/mongodb/specifications/blob/master/source/retryable-reads/retryable-reads.md.
const retryableCodes: ReadonlySet<unknown> = new Set([
  6, 7, 89, 91, 134, 189, 262, 9001, 10_107, 11_600, 11_602, 13_435, 13_436,
]);

/**
 * Makes a reader without the driver's cursor, which takes half of the time of a page. Reads with majority concern from the members that the
 * preference allows. Repeats a command once after a fault that may pass, as the driver does for cursors, unless `retries` is false.
 */
export function makeListReader(
  db: Pick<Db, 'command'>,
  readPreference: ReadPreference,
  retries: boolean,
): ListReader {
  const options = { readPreference, fieldsAsRaw: { firstBatch: true } };
  const read = async (command: Document): Promise<readonly Buffer[]> => {
    const reply = await db.command({ ...command, readConcern: { level: 'majority' } }, options);
    return (reply as FindReply).cursor.firstBatch;
  };
  return async (command) => {
    try {
      return await read(command);
    } catch (error) {
      if (!retries || !mayPass(error)) throw error;
      return read(command);
    }
  };
}

const mayPass = (error: unknown): boolean =>
  error instanceof MongoNetworkError || (error instanceof MongoServerError && retryableCodes.has(error.code));
