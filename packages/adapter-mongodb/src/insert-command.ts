import { type Collection, type Db, Long, MongoError, MongoServerError, type MongoClient } from 'mongodb';
import { mayPass } from './passing-codes.ts';

// The server's limit for the body of a command is 16 MiB, and the driver encodes at most 17 MiB without a word about the rest.
const maxCommandBytes = 15 * 1024 * 1024;
const maxCommandDocuments = 1000;

/** A document to insert, with an upper bound of its size in BSON, in bytes. */
export interface SizedDocument<Schema> {
  readonly document: Schema;
  readonly maxBytes: number;
}

/** Inserts documents, each independently of the others. Resolves with the error code of each document that was not inserted, by index. */
export type InsertDocuments<Schema> = (
  documents: readonly SizedDocument<Schema>[],
) => Promise<ReadonlyMap<number, number>>;

/** The part of the response to an insert that is read. */
interface InsertReply {
  readonly writeErrors?: readonly { readonly index: number; readonly code: number }[];
}

/**
 * Makes a function that inserts documents by commands of its own, which need two thirds of the CPU of `insertMany`: the driver makes
 * several objects for each document, and encodes it apart from the others. The write concern of the collection applies. As in `insertMany`, a
 * command is sent again once after a failover or a lost connection, and the server recognizes what it has done already.
 * The function rejects with the driver's error if MongoDB did not confirm a command, or refused a document because of a fault that may pass.
 */
export const insertByCommand =
  <Schema extends object>(
    client: MongoClient,
    db: Db,
    { collectionName, writeConcern }: Pick<Collection<Schema>, 'collectionName' | 'writeConcern'>,
  ): InsertDocuments<Schema> =>
  async (documents) => {
    const { w = 'majority', journal: j = true } = writeConcern ?? {};
    const codes = new Map<number, number>();
    for (const [first, end] of portionsOf(documents)) {
      const command = {
        insert: collectionName,
        documents: documents.slice(first, end).map(({ document }) => document),
        ordered: false,
        writeConcern: { w, j },
      };
      const { writeErrors = [] } = await writeOnce(client, db, command);
      for (const { index, code } of writeErrors) {
        if (mayPass(code)) throw new MongoServerError({ message: 'a document was refused', code });
        codes.set(first + index, code);
      }
    }
    return codes;
  };

/** Runs a retryable write (https://www.mongodb.com/docs/manual/core/retryable-writes/), which `Db.command` does not do by itself. */
async function writeOnce(client: MongoClient, db: Db, command: object): Promise<InsertReply> {
  const session = client.startSession({ causalConsistency: false });
  try {
    // The server answers a command with the same number from its records.
    session.serverSession.txnNumber += 1;
    const numbered = { ...command, txnNumber: Long.fromNumber(session.serverSession.txnNumber) };
    const send = (): Promise<InsertReply> => db.command({ ...numbered }, { session });
    return await send().catch((error: unknown) => {
      if (error instanceof MongoError && error.hasErrorLabel('RetryableWriteError')) return send();
      throw error;
    });
  } finally {
    await session.endSession();
  }
}

/** Returns the ranges of documents to insert by one command each. */
function* portionsOf(
  documents: readonly SizedDocument<unknown>[],
): Generator<readonly [first: number, end: number]> {
  let first = 0;
  let bytes = 0;
  for (const [index, { maxBytes }] of documents.entries()) {
    if (index > first && (index - first === maxCommandDocuments || bytes + maxBytes > maxCommandBytes)) {
      yield [first, index];
      first = index;
      bytes = 0;
    }
    bytes += maxBytes;
  }
  if (first < documents.length) yield [first, documents.length];
}
