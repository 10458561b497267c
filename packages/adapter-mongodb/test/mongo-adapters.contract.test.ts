import {
  activityRepositoryContract,
  deadLetterQueueContract,
  deadLetterRepositoryContract,
  describeContract,
} from '@user-activity/port-contracts';
import { mongoDeadLetters, mongoLetters, mongoRepository } from './mongo-subjects.ts';

describeContract('MongoActivityRepository', activityRepositoryContract, mongoRepository);
describeContract('MongoDeadLetterQueue', deadLetterQueueContract, mongoDeadLetters);
describeContract('MongoDeadLetterRepository', deadLetterRepositoryContract, mongoLetters);
