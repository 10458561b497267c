import { type DeadLetter, type DeadLetterQueue, withoutBytes } from '@user-activity/domain';
import { BSON } from 'mongodb';
import { storeFailure } from './failure.ts';
import { type LetterDocument, letterDocument } from './letter-document.ts';
import type { MongoStore } from './mongo-store.ts';

// Of the 16 MiB that a document may have, what an update needs around it.
const mostBytes = 16 * 1024 * 1024 - 16_384;

/** Keeps dead letters in MongoDB, one to an origin. */
export class MongoDeadLetterQueue implements DeadLetterQueue {
  readonly #store: MongoStore;

  constructor(store: MongoStore) {
    this.#store = store;
  }

  async add(letters: readonly DeadLetter[]): Promise<void> {
    if (letters.length === 0) return;
    const writes = letters.map(fitting).map(({ _id, ...replacement }) => ({
      replaceOne: { filter: { _id }, replacement, upsert: true },
    }));
    try {
      await this.#store.letters.bulkWrite(writes, { ordered: true });
    } catch (error) {
      throw storeFailure(error);
    }
  }
}

/** As much of the letter as a document holds. */
function fitting(letter: DeadLetter): LetterDocument {
  const document = letterDocument(letter);
  return BSON.calculateObjectSize(document) <= mostBytes ? document : letterDocument(withoutBytes(letter));
}
