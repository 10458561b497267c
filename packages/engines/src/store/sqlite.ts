import {
  SqliteActivityFeed,
  SqliteActivityRepository,
  SqliteDeadLetterQueue,
  SqliteDeadLetterRepository,
  SqliteErasureLedger,
  SqliteKeyRepository,
  SqliteOutbox,
  SqliteSettledOffsets,
  SqliteTopicRegistry,
  SqliteProjectRepository,
} from '@user-activity/adapter-sqlite';
import { defineEngine, type StoreEngine } from '../engine.ts';
import { openSharedFile, sqliteFile } from '../sqlite-file.ts';

/** The embedded SQLite file as the store. */
export const sqliteStore = defineEngine({
  ...sqliteFile,
  async open({ folder }, { closers, queryTimeoutMs }): Promise<StoreEngine> {
    const database = await openSharedFile(folder, closers);
    return {
      feed: new SqliteActivityFeed(database, { queryTimeoutMs }),
      repository: new SqliteActivityRepository(database, { queryTimeoutMs }),
      deadLetters: new SqliteDeadLetterRepository(database, { queryTimeoutMs }),
      deadLetterQueue: new SqliteDeadLetterQueue(database),
      ledger: new SqliteErasureLedger(database),
      keys: new SqliteKeyRepository(database),
      outbox: new SqliteOutbox(database),
      topics: new SqliteTopicRegistry(database),
      settledOffsets: new SqliteSettledOffsets(database),
      projects: new SqliteProjectRepository(database, { queryTimeoutMs }),
    };
  },
});
