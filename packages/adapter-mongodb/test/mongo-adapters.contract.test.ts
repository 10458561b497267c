import {
  activityRepositoryContract,
  deadLetterQueueContract,
  deadLetterRepositoryContract,
  describeContract,
  projectRepositoryContract,
  topicRegistryContract,
} from '@user-activity/port-contracts';
import {
  mongoActivityRepository,
  mongoDeadLetterQueue,
  mongoDeadLetterRepository,
  mongoProjectRepository,
  mongoTopicRegistry,
} from './mongo-subjects.ts';

describeContract('MongoActivityRepository', activityRepositoryContract, mongoActivityRepository);
describeContract('MongoDeadLetterQueue', deadLetterQueueContract, mongoDeadLetterQueue);
describeContract('MongoDeadLetterRepository', deadLetterRepositoryContract, mongoDeadLetterRepository);
describeContract('MongoProjectRepository', projectRepositoryContract, mongoProjectRepository);
describeContract('MongoTopicRegistry', topicRegistryContract, mongoTopicRegistry);
