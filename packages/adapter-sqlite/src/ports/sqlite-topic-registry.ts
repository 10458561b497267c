import { LogId, type RegisteredTopic, type TopicIdentity, type TopicRegistry } from '@user-activity/domain';
import { changeStore } from './failure.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

const options = { timeoutMs: 10_000 };

/** Keeps the registered topics in the data file. */
export class SqliteTopicRegistry implements TopicRegistry {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  register({ name, topicId, partitions }: TopicIdentity, log: LogId): Promise<RegisteredTopic> {
    return changeStore(async () => {
      const row = [name, topicId ?? null, partitions, log] as const;
      const [first, firstLog, isFirst] = await this.#database.writer.submit('registerTopic', row, options);
      return { partitions: first, log: LogId.trusted(firstLog), isFirst: isFirst === 1 };
    });
  }
}
