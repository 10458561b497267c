import type { DeadLetter, DeadLetterQueue } from '@user-activity/domain';
import { storeFailure } from './failure.ts';
import { letterDocument } from './letter-document.ts';
import type { MongoStore } from './mongo-store.ts';

/** Keeps dead letters in MongoDB, one to an origin. */
export class MongoDeadLetterQueue implements DeadLetterQueue {
  readonly #store: MongoStore;

  constructor(store: MongoStore) {
    this.#store = store;
  }

  async add(letters: readonly DeadLetter[]): Promise<void> {
    if (letters.length === 0) return;
    const writes = letters.map(letterDocument).map(({ _id, ...replacement }) => ({
      replaceOne: { filter: { _id }, replacement, upsert: true },
    }));
    try {
      await this.#store.letters.bulkWrite(writes, { ordered: true });
    } catch (error) {
      throw storeFailure(error);
    }
  }
}
