import { SqliteEventConsumer, SqliteEventPublisher } from '@user-activity/adapter-sqlite';
import { withOutageMetrics, outageLog } from '@user-activity/runner';
import { defineEngine, type LogEngine } from '../engine.ts';
import { openSharedFile, sqliteFile } from '../sqlite-file.ts';

const topic = 'user-activity';
const groupId = 'user-activity-store';

/** The embedded SQLite file as the log. */
export const sqliteLog = defineEngine({
  ...sqliteFile,
  async open({ folder }, { closers, logger }): Promise<LogEngine> {
    const database = await openSharedFile(folder, closers);
    return {
      // No other process can take over the partition.
      sessionMs: 0,
      // The name can always be the same, because each file has its own log.
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
