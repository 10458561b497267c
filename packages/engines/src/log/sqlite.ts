import { SqliteEventConsumer, SqliteEventPublisher } from '@user-activity/adapter-sqlite';
import { withOutageMetrics, outageLog } from '@user-activity/runner';
import { defineEngine, type LogEngine } from '../engine.ts';
import { openSharedFile, sqliteFile } from '../sqlite-file.ts';

const topic = 'user-activity';
const groupId = 'user-activity-store';

/** The log in the embedded SQLite file. */
export const sqliteLog = defineEngine({
  ...sqliteFile,
  async open({ folder }, { closers, logger }): Promise<LogEngine> {
    const database = await openSharedFile(folder, closers);
    return {
      // A partition never moves to another process.
      sessionMs: 0,
      // A file has one log, and a new file another one, so the name is always the same.
      topic: { name: topic, partitions: 1 },
      makePublisher: ({
        maxBufferedEvents: bufferedEvents,
        maxBufferedBytes: bufferedCharacters,
        ...options
      }) => new SqliteEventPublisher(database, { ...options, bufferedEvents, bufferedCharacters }),
      makeConsumerFactory() {
        const observer = withOutageMetrics('log', outageLog(logger, 'the log'));
        return () => new SqliteEventConsumer(database, groupId, { topic, observer });
      },
      progress: () => new SqliteEventConsumer(database, groupId).progress(),
    };
  },
});
