import {
  activityRepositoryContract,
  deadLetterQueueContract,
  deadLetterRepositoryContract,
  describeContract,
  eventConsumerContract,
  eventPublisherContract,
  projectRepositoryContract,
} from '@user-activity/port-contracts';
import {
  sqliteDeadLetters,
  sqliteLetters,
  sqliteLog,
  sqliteProjects,
  sqliteRepository,
} from './sqlite-subjects.ts';

describeContract('SqliteActivityRepository', activityRepositoryContract, sqliteRepository);
describeContract('SqliteDeadLetterQueue', deadLetterQueueContract, sqliteDeadLetters);
describeContract('SqliteDeadLetterRepository', deadLetterRepositoryContract, sqliteLetters);
describeContract('SqliteEventPublisher', eventPublisherContract, sqliteLog);
describeContract('SqliteEventConsumer', eventConsumerContract, sqliteLog);
describeContract('SqliteProjectRepository', projectRepositoryContract, sqliteProjects);
