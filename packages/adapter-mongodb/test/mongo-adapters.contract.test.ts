import {
  activityFeedContract,
  activityRepositoryContract,
  deadLetterQueueContract,
  deadLetterRepositoryContract,
  describeContract,
  erasureLedgerContract,
  keyRepositoryContract,
  settledOffsetsContract,
  outboxContract,
  projectRepositoryContract,
  topicRegistryContract,
} from '@user-activity/port-contracts';
import {
  mongoActivityRepository,
  mongoDeadLetterQueue,
  mongoDeadLetterRepository,
  mongoErasures,
  mongoFeed,
  mongoKeyRepository,
  mongoSettledOffsets,
  mongoOutbox,
  mongoProjectRepository,
  mongoTopicRegistry,
} from './mongo-subjects.ts';

describeContract('MongoActivityFeed', activityFeedContract, mongoFeed);
describeContract('MongoActivityRepository', activityRepositoryContract, mongoActivityRepository);
describeContract('MongoDeadLetterQueue', deadLetterQueueContract, mongoDeadLetterQueue);
describeContract('MongoDeadLetterRepository', deadLetterRepositoryContract, mongoDeadLetterRepository);
describeContract('MongoSettledOffsets', settledOffsetsContract, mongoSettledOffsets);
describeContract('MongoErasureLedger', erasureLedgerContract, mongoErasures);
describeContract('MongoProjectRepository', projectRepositoryContract, mongoProjectRepository);
describeContract('MongoTopicRegistry', topicRegistryContract, mongoTopicRegistry);
describeContract('MongoKeyRepository', keyRepositoryContract, mongoKeyRepository);
describeContract('MongoOutbox', outboxContract, mongoOutbox);
