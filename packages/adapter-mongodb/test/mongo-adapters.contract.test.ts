import {
  activityRepositoryContract,
  deadLetterQueueContract,
  deadLetterRepositoryContract,
  describeContract,
  settledOffsetsContract,
  projectRepositoryContract,
  topicRegistryContract,
} from '@user-activity/port-contracts';
import {
  mongoActivityRepository,
  mongoDeadLetterQueue,
  mongoDeadLetterRepository,
  mongoSettledOffsets,
  mongoProjectRepository,
  mongoTopicRegistry,
} from './mongo-subjects.ts';

describeContract('MongoActivityRepository', activityRepositoryContract, mongoActivityRepository);
describeContract('MongoDeadLetterQueue', deadLetterQueueContract, mongoDeadLetterQueue);
describeContract('MongoDeadLetterRepository', deadLetterRepositoryContract, mongoDeadLetterRepository);
describeContract('MongoSettledOffsets', settledOffsetsContract, mongoSettledOffsets);
describeContract('MongoProjectRepository', projectRepositoryContract, mongoProjectRepository);
describeContract('MongoTopicRegistry', topicRegistryContract, mongoTopicRegistry);
