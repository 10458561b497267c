import type { LogId, SettledHistory, SettledOffsets, SettledStep } from '@user-activity/domain';
import { changeStore, queryStore } from './failure.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

const options = { timeoutMs: 10_000 };

/** Keeps the settled offsets in the data file. Queries run on the log's thread, so that no query of a client delays them. */
export class SqliteSettledOffsets implements SettledOffsets {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  history(): Promise<SettledHistory> {
    return queryStore(() => this.#database.log.submit('settledHistory', undefined, options));
  }

  begin(log: LogId, offsets: readonly number[]): Promise<void> {
    return changeStore(() => this.#database.writer.submit('beginSettling', { log, offsets }, options));
  }

  find(log: LogId): Promise<readonly number[] | undefined> {
    return queryStore(async () => {
      const offsets = await this.#database.log.submit('settled', log, options);
      return offsets.length > 0 ? offsets : undefined;
    });
  }

  settle(step: SettledStep): Promise<boolean> {
    return changeStore(async () => {
      const isSettled = await this.#database.writer.submit('settle', step, options);
      if (isSettled) for (const listener of this.#database.settledListeners) listener();
      return isSettled;
    });
  }
}
