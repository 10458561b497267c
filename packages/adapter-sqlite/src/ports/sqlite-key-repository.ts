import type { AccessKey, KeyRepository, Timestamp } from '@user-activity/domain';
import { changeStore, queryStore } from './failure.ts';
import { keyFromRow, keyRow } from './key-row.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

const options = { timeoutMs: 10_000 };

/** Keeps the API keys in the data file. `findAll` runs on the log's thread, so that no query of a client delays it. */
export class SqliteKeyRepository implements KeyRepository {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  findAll(): Promise<readonly AccessKey[]> {
    return queryStore(async () => {
      const rows = await this.#database.log.submit('apiKeys', undefined, options);
      return rows.flatMap((row) => keyFromRow(row) ?? []);
    });
  }

  add(key: AccessKey, now: Timestamp): Promise<'added' | 'exists' | 'too-many'> {
    return changeStore(() => this.#database.writer.submit('addKey', { row: keyRow(key), now }, options));
  }

  replace(key: AccessKey): Promise<'replaced' | 'changed'> {
    return changeStore(async () =>
      (await this.#database.writer.submit('replaceKey', keyRow(key), options)) ? 'replaced' : 'changed',
    );
  }
}
