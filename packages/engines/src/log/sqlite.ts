import { SqliteEventConsumer, SqliteEventPublisher } from '@user-activity/adapter-sqlite';
import { measuredOutages, outageLog } from '@user-activity/runner';
import { defineEngine, type LogEngine } from '../engine.ts';
import { openSharedFile, sqliteFile } from '../sqlite-file.ts';

const group = 'user-activity-store';

/** The embedded file as the log. */
export const sqliteLog = defineEngine({
  ...sqliteFile,
  async open({ folder }, { closers, logger }): Promise<LogEngine> {
    const database = await openSharedFile(folder, closers);
    return {
      publisher: ({ bufferedBytes: bufferedCharacters, ...options }) =>
        new SqliteEventPublisher(database, { ...options, bufferedCharacters }),
      consumers() {
        const observer = measuredOutages('log', outageLog(logger, 'the log'));
        return () => new SqliteEventConsumer(database, group, { observer });
      },
    };
  },
});
