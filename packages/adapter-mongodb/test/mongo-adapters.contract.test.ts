import {
  activityRepositoryContract,
  deadLetterQueueContract,
  describeContract,
} from '@user-activity/port-contracts';
import { afterAll } from 'vitest';
import { mongoDeadLetters, mongoRepository, stopMongod } from './mongo-subjects.ts';

afterAll(stopMongod);

describeContract('MongoActivityRepository', activityRepositoryContract, mongoRepository);
describeContract('MongoDeadLetterQueue', deadLetterQueueContract, mongoDeadLetters);
