import { SqliteEventConsumer, SqliteEventPublisher } from '@user-activity/adapter-sqlite';
import { type Closers, type Logger, measuredOutages, outageLog } from '@user-activity/runner';
import { defineEngine, type LogEngine } from '../engine.ts';
import { fileSettings, fileVariables, openSharedFile } from '../sqlite-file.ts';

const group = 'user-activity-store';

/** Opens the embedded file as the log. */
async function openSqliteLog(
  settings: ReturnType<typeof fileSettings>,
  closers: Closers,
  logger: Logger,
): Promise<LogEngine> {
  const database = await openSharedFile(settings, closers);
  return {
    publisher: ({ bufferedBytes: bufferedCharacters, ...options }) =>
      new SqliteEventPublisher(database, { ...options, bufferedCharacters }),
    consumers() {
      const observer = measuredOutages('log', outageLog(logger, 'the log'));
      return () => new SqliteEventConsumer(database, group, { observer });
    },
  };
}

/** The embedded log. */
export const sqliteLog = defineEngine({
  name: 'SQLite',
  variables: fileVariables,
  settings: fileSettings,
  open: openSqliteLog,
});
