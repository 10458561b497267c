export { DataFileError } from './protocol/data-file-error.ts';
export { SqliteActivityFeed, type SqliteActivityFeedOptions } from './ports/sqlite-activity-feed.ts';
export {
  SqliteActivityRepository,
  type SqliteActivityRepositoryOptions,
} from './ports/sqlite-activity-repository.ts';
export { SqliteDatabase, type SqliteDatabaseOptions } from './ports/sqlite-database.ts';
export { SqliteDeadLetterQueue } from './ports/sqlite-dead-letter-queue.ts';
export {
  SqliteDeadLetterRepository,
  type SqliteDeadLetterRepositoryOptions,
} from './ports/sqlite-dead-letter-repository.ts';
export {
  SqliteProjectRepository,
  type SqliteProjectRepositoryOptions,
} from './ports/sqlite-project-repository.ts';
export { SqliteErasureLedger } from './ports/sqlite-erasure-ledger.ts';
export { SqliteEventConsumer, type SqliteEventConsumerOptions } from './ports/sqlite-event-consumer.ts';
export { SqliteEventPublisher, type SqliteEventPublisherOptions } from './ports/sqlite-event-publisher.ts';
export { SqliteKeyRepository } from './ports/sqlite-key-repository.ts';
export { SqliteOutbox } from './ports/sqlite-outbox.ts';
export { SqliteSettledOffsets } from './ports/sqlite-settled-offsets.ts';
export { SqliteTopicRegistry } from './ports/sqlite-topic-registry.ts';
