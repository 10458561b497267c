import {
  SqliteActivityRepository,
  SqliteDeadLetterQueue,
  SqliteDeadLetterRepository,
} from '@user-activity/adapter-sqlite';
import type { Closers } from '@user-activity/runner';
import { defineEngine, type StoreEngine, type StoreLimits } from '../engine.ts';
import { fileSettings, fileVariables, openSharedFile } from '../sqlite-file.ts';

/** Opens the embedded file as the store. */
async function openSqliteStore(
  settings: ReturnType<typeof fileSettings>,
  closers: Closers,
  { queryTimeoutMs }: StoreLimits,
): Promise<StoreEngine> {
  const database = await openSharedFile(settings, closers);
  const options = queryTimeoutMs === undefined ? {} : { queryTimeoutMs };
  return {
    repository: new SqliteActivityRepository(database, options),
    deadLetters: new SqliteDeadLetterRepository(database, options),
    deadLetterQueue: new SqliteDeadLetterQueue(database),
  };
}

/** The embedded store. */
export const sqliteStore = defineEngine({
  name: 'SQLite',
  variables: fileVariables,
  settings: fileSettings,
  open: openSqliteStore,
});
