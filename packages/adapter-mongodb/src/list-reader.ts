import {
  type ClientSession,
  type Db,
  type Document,
  MongoNetworkError,
  MongoServerError,
  type ReadPreference,
} from 'mongodb';
import { isRetryable } from './transient-codes.ts';

/** Runs a `find` command, in a session if one is passed. Returns the BSON of each document in the reply, in order. */
export type ListReader = (command: Document, session?: ClientSession) => Promise<readonly Buffer[]>;

interface FindReply {
  readonly cursor: { readonly firstBatch: readonly Buffer[] };
}

/**
 * Makes a reader that does not use the driver's cursor, because the cursor takes half of the time of a page. The reader reads with majority
 * concern from the members that the preference allows. It repeats a command once after a temporary fault, as the driver does for
 * cursors, unless `retries` is false.
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
