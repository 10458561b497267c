import { type Collection, type Db, Long, MongoError, MongoServerError, type MongoClient } from 'mongodb';
import { isTransient } from './transient-codes.ts';

// The server accepts commands of up to 16 MiB. The driver cuts off what exceeds 17 MiB, without an error.
const maxCommandBytes = 15 * 1024 * 1024;
const maxCommandDocuments = 1000;

/** A document to insert. `maxBytes` is an upper bound of its size in BSON. */
export interface SizedDocument<Schema> {
  readonly document: Schema;
  readonly maxBytes: number;
}

/** Inserts documents independently of each other. Resolves with the error code of each document that was not inserted, by its index. */
export type InsertDocuments<Schema> = (
  documents: readonly SizedDocument<Schema>[],
) => Promise<ReadonlyMap<number, number>>;

/** The fields of the reply to an insert that this file reads. */
interface InsertReply {
  readonly writeErrors?: readonly { readonly index: number; readonly code: number }[];
}

/**
 * Makes a function that inserts documents by raw commands. They take two thirds of the CPU time of `insertMany`, because `insertMany`
 * makes several objects for each document and encodes each document separately. The write concern of the collection applies. As with
 * `insertMany`, a command is sent once more after a failover or a lost connection, and the server does not repeat what it has already
 * done. The function rejects with the driver's error if MongoDB did not confirm a command, or refused a document because of a temporary
 * fault.
 */
export const makeInserter =
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
      const { writeErrors = [] } = await runRetryableWrite(client, db, command);
      for (const { index, code } of writeErrors) {
        if (isTransient(code)) throw new MongoServerError({ message: 'a document was refused', code });
        codes.set(first + index, code);
      }
    }
    return codes;
  };

/** Runs a command as a retryable write, which `Db.command` does not do: https://www.mongodb.com/docs/manual/core/retryable-writes/. */
async function runRetryableWrite(client: MongoClient, db: Db, command: object): Promise<InsertReply> {
  const session = client.startSession({ causalConsistency: false });
  try {
    // If the server has already run a command with this number, it repeats its reply instead of the command.
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

/** Yields ranges of indexes. One command inserts the documents of a range. */
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
