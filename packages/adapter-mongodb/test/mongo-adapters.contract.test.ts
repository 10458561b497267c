import {
  activityRepositoryContract,
  deadLetterQueueContract,
  describeContract,
} from '@user-activity/port-contracts';
import { mongoDeadLetters, mongoRepository } from './mongo-subjects.ts';

describeContract('MongoActivityRepository', activityRepositoryContract, mongoRepository);
describeContract('MongoDeadLetterQueue', deadLetterQueueContract, mongoDeadLetters);
