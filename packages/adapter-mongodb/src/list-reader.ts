import {
  type ClientSession,
  type Db,
  type Document,
  MongoNetworkError,
  MongoServerError,
  type ReadPreference,
} from 'mongodb';
import { isRetryable } from './passing-codes.ts';

/** Executes a `find` command, in a session if one is passed. Returns the BSON of the documents in its reply, in order. */
export type ListReader = (command: Document, session?: ClientSession) => Promise<readonly Buffer[]>;

interface FindReply {
  readonly cursor: { readonly firstBatch: readonly Buffer[] };
}

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
  const read: ListReader = async (command, session) => {
    const sessionOption = session === undefined ? {} : { session };
    const reply = await db.command(
      { ...command, readConcern: { level: 'majority' } },
      { ...options, ...sessionOption },
    );
    return (reply as FindReply).cursor.firstBatch;
  };
  return async (command, session) => {
    try {
      return await read(command, session);
    } catch (error) {
      if (!retries || !isWorthRepeating(error)) throw error;
      return read(command, session);
    }
  };
}

const isWorthRepeating = (error: unknown): boolean =>
  error instanceof MongoNetworkError || (error instanceof MongoServerError && isRetryable(error.code));
