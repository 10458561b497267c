import {
  activityRepositoryContract,
  deadLetterQueueContract,
  describeContract,
  eventConsumerContract,
  eventPublisherContract,
} from '@user-activity/port-contracts';
import { sqliteDeadLetters, sqliteLog, sqliteRepository } from './sqlite-subjects.ts';

describeContract('SqliteActivityRepository', activityRepositoryContract, sqliteRepository);
describeContract('SqliteDeadLetterQueue', deadLetterQueueContract, sqliteDeadLetters);
describeContract('SqliteEventPublisher', eventPublisherContract, sqliteLog);
describeContract('SqliteEventConsumer', eventConsumerContract, sqliteLog);
