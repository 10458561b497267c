import { type DeadLetter, DeadLetterId, type DeadLetterQueue, withoutBytes } from '@user-activity/domain';
import { BSON, MongoBulkWriteError } from 'mongodb';
import { storeFailure } from './failure.ts';
import { type LetterDocument, letterDocument } from './letter-document.ts';
import type { MongoStore } from './mongo-store.ts';
import { turns } from './turns.ts';

// A document may have 16 MiB, with what an update needs around it.
const mostBytes = 16 * 1024 * 1024 - 16_384;
// What is written at a time: the driver encodes it in one go.
const maxPortionBytes = 1024 * 1024;
const maxPortionLetters = 500;
const duplicateKey = 11_000;

/** Keeps dead letters in MongoDB, one to an origin. */
export class MongoDeadLetterQueue implements DeadLetterQueue {
  readonly #store: MongoStore;

  constructor(store: MongoStore) {
    this.#store = store;
  }

  async add(letters: readonly DeadLetter[]): Promise<void> {
    // The last of an origin takes the place of the others.
    const lastOfEach = new Map(letters.map((letter) => [DeadLetterId.of(letter.origin), letter]));
    try {
      for await (const portion of portionsOf(lastOfEach.values())) await this.#write(portion);
    } catch (error) {
      throw storeFailure(error);
    }
  }

  /** Inserts them, which is many times quicker than to replace, and replaces those that are there already. */
  async #write(documents: readonly LetterDocument[]): Promise<void> {
    const { letters } = this.#store;
    try {
      await letters.insertMany(documents, { ordered: false });
    } catch (error) {
      const known = indexesOfKnown(error);
      if (known === undefined) throw error;
      const replacements = documents
        .filter((_, index) => known.has(index))
        .map(({ _id, ...replacement }) => ({ replaceOne: { filter: { _id }, replacement, upsert: true } }));
      await letters.bulkWrite(replacements, { ordered: false });
    }
  }
}

/** The indexes of documents whose ids are taken, if that is all that was in the way. */
function indexesOfKnown(error: unknown): ReadonlySet<number> | undefined {
  if (!(error instanceof MongoBulkWriteError) || error.result.getWriteConcernError() !== undefined)
    return undefined;
  const errors = [error.writeErrors].flat();
  return errors.length > 0 && errors.every(({ code }) => code === duplicateKey)
    ? new Set(errors.map(({ index }) => index))
    : undefined;
}

/** The letters as documents, so many at a time as are written together; other work has its turn in between. */
async function* portionsOf(letters: Iterable<DeadLetter>): AsyncGenerator<readonly LetterDocument[]> {
  const turn = turns.begin();
  let portion: LetterDocument[] = [];
  let bytes = 0;
  for (const letter of letters) {
    const { document, size } = fitting(letter);
    if (portion.length === maxPortionLetters || (portion.length > 0 && bytes + size > maxPortionBytes)) {
      yield portion;
      portion = [];
      bytes = 0;
    }
    portion.push(document);
    bytes += size;
    if (turn.isOverAfter(size)) await turn.next();
  }
  if (portion.length > 0) yield portion;
}

/** As much of the letter as a document holds. */
function fitting(letter: DeadLetter): { readonly document: LetterDocument; readonly size: number } {
  const document = letterDocument(letter);
  const size = BSON.calculateObjectSize(document);
  return size <= mostBytes ? { document, size } : { document: letterDocument(withoutBytes(letter)), size: 0 };
}
