import { type DeadLetter, DeadLetterId, type DeadLetterQueue } from '@user-activity/domain';
import { MemoryStore } from './memory-store.ts';

/** Keeps the last dead letter of each origin in a map. */
export class MemoryDeadLetterQueue implements DeadLetterQueue {
  readonly #store: MemoryStore;

  constructor(store: MemoryStore = new MemoryStore()) {
    this.#store = store;
  }

  async add(letters: readonly DeadLetter[]): Promise<void> {
    this.#store.assertReachable();
    for (const letter of letters) this.#store.letters.set(DeadLetterId.of(letter.origin), letter);
  }
}
