import { type DeadLetter, DeadLetterId, type DeadLetterQueue, withoutBytes } from '@user-activity/domain';
import { BSON } from 'mongodb';
import { type DeadLetterDocument, deadLetterDocument } from './dead-letter-document.ts';
import type { MongoStore } from './mongo-store.ts';
import { refusedInserts } from './refused-inserts.ts';
import { translateErrors } from './translate-errors.ts';
import { turns } from './turns.ts';

// MongoDB's limit for a document is 16 MiB. An update needs up to 16 KiB more for its other parts.
const maxDocumentBytes = 16 * 1024 * 1024 - 16_384;
// Portions are small, because the driver encodes a portion without a pause.
const maxPortionBytes = 1024 * 1024;
const maxPortionLetters = 500;

/** Stores dead letters in MongoDB. A new dead letter replaces the one with the same origin: topic, partition and offset. */
export class MongoDeadLetterQueue implements DeadLetterQueue {
  readonly #store: MongoStore;

  constructor(store: MongoStore) {
    this.#store = store;
  }

  add(letters: readonly DeadLetter[]): Promise<void> {
    return translateErrors(async () => {
      const lastByOrigin = new Map(letters.map((letter) => [DeadLetterId.of(letter.origin), letter]));
      for await (const portion of portionsOf(lastByOrigin.values())) await this.#write(portion);
    });
  }

  /** Inserts the documents, and then replaces those that exist. An insert is many times faster than a replacement. */
  async #write(documents: readonly DeadLetterDocument[]): Promise<void> {
    const { deadLetters } = this.#store;
    const codes = await refusedInserts(deadLetters.insertMany(documents, { ordered: false }));
    if (codes.size === 0) return;
    // Most of these documents were refused because their id exists. If there is another reason, the replacement fails too.
    const replacements = documents
      .filter((_, index) => codes.has(index))
      .map(({ _id, ...replacement }) => ({ replaceOne: { filter: { _id }, replacement, upsert: true } }));
    await deadLetters.bulkWrite(replacements, { ordered: false });
  }
}

/** Converts letters to documents, and yields them in portions to write together. Lets other work run in between. */
async function* portionsOf(letters: Iterable<DeadLetter>): AsyncGenerator<readonly DeadLetterDocument[]> {
  const turn = turns.begin();
  let portion: DeadLetterDocument[] = [];
  let bytes = 0;
  for (const letter of letters) {
    const { document, size } = fittingDocument(letter);
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

/** Converts a letter to a document. If the document would be too large, it has no key, value and headers. */
function fittingDocument(letter: DeadLetter) {
  const document = deadLetterDocument(letter);
  const size = BSON.calculateObjectSize(document);
  return size <= maxDocumentBytes
    ? { document, size }
    : { document: deadLetterDocument(withoutBytes(letter)), size: 0 };
}
