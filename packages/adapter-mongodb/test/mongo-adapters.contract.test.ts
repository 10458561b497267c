import {
  activityRepositoryContract,
  deadLetterQueueContract,
  describeContract,
  topicRegistryContract,
} from '@user-activity/port-contracts';
import { mongoDeadLetters, mongoRepository, mongoTopics } from './mongo-subjects.ts';

describeContract('MongoActivityRepository', activityRepositoryContract, mongoRepository);
describeContract('MongoDeadLetterQueue', deadLetterQueueContract, mongoDeadLetters);
describeContract('MongoTopicRegistry', topicRegistryContract, mongoTopics);
