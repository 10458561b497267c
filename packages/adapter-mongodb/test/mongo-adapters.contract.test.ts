import {
  activityRepositoryContract,
  deadLetterQueueContract,
  deadLetterRepositoryContract,
  describeContract,
  topicRegistryContract,
} from '@user-activity/port-contracts';
import {
  mongoActivityRepository,
  mongoDeadLetterQueue,
  mongoDeadLetterRepository,
  mongoTopicRegistry,
} from './mongo-subjects.ts';

describeContract('MongoActivityRepository', activityRepositoryContract, mongoActivityRepository);
describeContract('MongoDeadLetterQueue', deadLetterQueueContract, mongoDeadLetterQueue);
describeContract('MongoDeadLetterRepository', deadLetterRepositoryContract, mongoDeadLetterRepository);
describeContract('MongoTopicRegistry', topicRegistryContract, mongoTopicRegistry);
