import type { DeadLetter, DeadLetterQueue } from '@user-activity/domain';
import { storeUnavailable } from './failure.ts';
import { letterRow } from './letter-row.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

const timeoutMs = 10_000;

/** Keeps dead letters in the file, one to an origin. */
export class SqliteDeadLetterQueue implements DeadLetterQueue {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  async add(letters: readonly DeadLetter[]): Promise<void> {
    try {
      const rows = letters.map(letterRow);
      await this.#database.writer.submit('bury', rows, { timeoutMs, weight: rows.length });
    } catch (error) {
      throw storeUnavailable(error);
    }
  }
}
