import type { DeadLetter, DeadLetterQueue } from '@user-activity/domain';
import { changeStore } from './failure.ts';
import { letterRow } from './letter-row.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

const timeoutMs = 10_000;

/** Stores dead letters in the data file. A new dead letter replaces the one with the same origin: topic, partition and offset. */
export class SqliteDeadLetterQueue implements DeadLetterQueue {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  async add(letters: readonly DeadLetter[]): Promise<void> {
    await changeStore(() => {
      const rows = letters.map(letterRow);
      return this.#database.writer.submit('addLetters', rows, { timeoutMs, weight: rows.length });
    });
  }
}
