import {
  activityRepositoryContract,
  deadLetterQueueContract,
  deadLetterRepositoryContract,
  describeContract,
  topicRegistryContract,
} from '@user-activity/port-contracts';
import { mongoDeadLetters, mongoLetters, mongoRepository, mongoTopics } from './mongo-subjects.ts';

describeContract('MongoActivityRepository', activityRepositoryContract, mongoRepository);
describeContract('MongoDeadLetterQueue', deadLetterQueueContract, mongoDeadLetters);
describeContract('MongoDeadLetterRepository', deadLetterRepositoryContract, mongoLetters);
describeContract('MongoTopicRegistry', topicRegistryContract, mongoTopics);
