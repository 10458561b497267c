import { type DeadLetter, DeadLetterId, type DeadLetterQueue, withoutBytes } from '@user-activity/domain';
import { BSON } from 'mongodb';
import { type DeadLetterDocument, deadLetterDocument } from './dead-letter-document.ts';
import type { MongoStore } from './mongo-store.ts';
import { refusedInserts } from './refused-inserts.ts';
import { translated } from './translated.ts';
import { turns } from './turns.ts';

// MongoDB's limit is 16 MiB. An update needs 16 KiB for its other parts.
const maxDocumentBytes = 16 * 1024 * 1024 - 16_384;
// Portions are small, because the driver encodes a portion without a pause.
const maxPortionBytes = 1024 * 1024;
const maxPortionLetters = 500;

/** Stores dead letters in MongoDB, one for each origin. */
export class MongoDeadLetterQueue implements DeadLetterQueue {
  readonly #store: MongoStore;

  constructor(store: MongoStore) {
    this.#store = store;
  }

  add(letters: readonly DeadLetter[]): Promise<void> {
    return translated(async () => {
      const lastByOrigin = new Map(letters.map((letter) => [DeadLetterId.of(letter.origin), letter]));
      for await (const portion of portionsOf(lastByOrigin.values())) await this.#write(portion);
    });
  }

  /** Inserts the documents, and then replaces those that exist. An insert is many times faster than a replacement. */
  async #write(documents: readonly DeadLetterDocument[]): Promise<void> {
    const { deadLetters } = this.#store;
    const codes = await refusedInserts(deadLetters.insertMany(documents, { ordered: false }));
    if (codes.size === 0) return;
    // If a document was refused for another reason than a taken id, its replacement fails too.
    const replacements = documents
      .filter((_, index) => codes.has(index))
      .map(({ _id, ...replacement }) => ({ replaceOne: { filter: { _id }, replacement, upsert: true } }));
    await deadLetters.bulkWrite(replacements, { ordered: false });
  }
}

/** Converts letters to documents, in portions to write together. Other work gets a turn in between. */
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

/** Converts a letter to a document, without key, value and headers if the document would be too large. */
function fittingDocument(letter: DeadLetter) {
  const document = deadLetterDocument(letter);
  const size = BSON.calculateObjectSize(document);
  return size <= maxDocumentBytes
    ? { document, size }
    : { document: deadLetterDocument(withoutBytes(letter)), size: 0 };
}
