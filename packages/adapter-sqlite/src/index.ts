export { DataFileError } from './data-file-error.ts';
export {
  SqliteActivityRepository,
  type SqliteActivityRepositoryOptions,
} from './sqlite-activity-repository.ts';
export { SqliteDatabase, type SqliteDatabaseOptions } from './sqlite-database.ts';
export { SqliteDeadLetterQueue } from './sqlite-dead-letter-queue.ts';
export {
  SqliteDeadLetterRepository,
  type SqliteDeadLetterRepositoryOptions,
} from './sqlite-dead-letter-repository.ts';
export { SqliteEventConsumer, type SqliteEventConsumerOptions } from './sqlite-event-consumer.ts';
export { SqliteEventPublisher, type SqliteEventPublisherOptions } from './sqlite-event-publisher.ts';
