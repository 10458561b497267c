import {
  activityFeedContract,
  activityRepositoryContract,
  deadLetterQueueContract,
  deadLetterRepositoryContract,
  describeContract,
  erasureLedgerContract,
  eventConsumerContract,
  eventPublisherContract,
  keyRepositoryContract,
  settledOffsetsContract,
  topicRegistryContract,
  outboxContract,
  projectRepositoryContract,
} from '@user-activity/port-contracts';
import {
  sqliteDeadLetters,
  sqliteErasures,
  sqliteFeed,
  sqliteKeys,
  sqliteLetters,
  sqliteLog,
  sqliteOutbox,
  sqliteProjects,
  sqliteRepository,
  sqliteSettledOffsets,
  sqliteTopics,
} from './sqlite-subjects.ts';

describeContract('SqliteActivityFeed', activityFeedContract, sqliteFeed);
describeContract('SqliteActivityRepository', activityRepositoryContract, sqliteRepository);
describeContract('SqliteDeadLetterQueue', deadLetterQueueContract, sqliteDeadLetters);
describeContract('SqliteDeadLetterRepository', deadLetterRepositoryContract, sqliteLetters);
describeContract('SqliteErasureLedger', erasureLedgerContract, sqliteErasures);
describeContract('SqliteEventPublisher', eventPublisherContract, sqliteLog);
describeContract('SqliteEventConsumer', eventConsumerContract, sqliteLog);
describeContract('SqliteSettledOffsets', settledOffsetsContract, sqliteSettledOffsets);
describeContract('SqliteTopicRegistry', topicRegistryContract, sqliteTopics);
describeContract('SqliteProjectRepository', projectRepositoryContract, sqliteProjects);
describeContract('SqliteKeyRepository', keyRepositoryContract, sqliteKeys);
describeContract('SqliteOutbox', outboxContract, sqliteOutbox);
