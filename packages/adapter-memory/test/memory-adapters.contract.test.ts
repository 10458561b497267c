import {
  activityRepositoryContract,
  deadLetterQueueContract,
  deadLetterRepositoryContract,
  describeContract,
  eventConsumerContract,
  eventPublisherContract,
  topicRegistryContract,
} from '@user-activity/port-contracts';
import {
  memoryDeadLetters,
  memoryLetters,
  memoryLog,
  memoryRepository,
  memoryTopics,
} from './memory-subjects.ts';

describeContract('MemoryActivityRepository', activityRepositoryContract, () => memoryRepository());
describeContract('MemoryDeadLetterQueue', deadLetterQueueContract, () => memoryDeadLetters());
describeContract('MemoryDeadLetterRepository', deadLetterRepositoryContract, () => memoryLetters());
describeContract('MemoryEventPublisher', eventPublisherContract, () => memoryLog());
describeContract('MemoryEventConsumer', eventConsumerContract, () => memoryLog());
describeContract('MemoryTopicRegistry', topicRegistryContract, () => memoryTopics());
