import {
  activityRepositoryContract,
  deadLetterQueueContract,
  deadLetterRepositoryContract,
  describeContract,
  eventConsumerContract,
  eventPublisherContract,
  projectRepositoryContract,
  topicRegistryContract,
} from '@user-activity/port-contracts';
import {
  memoryDeadLetters,
  memoryLetters,
  memoryLog,
  memoryProjects,
  memoryRepository,
  memoryTopics,
} from './memory-subjects.ts';

describeContract('MemoryActivityRepository', activityRepositoryContract, () => memoryRepository());
describeContract('MemoryDeadLetterQueue', deadLetterQueueContract, () => memoryDeadLetters());
describeContract('MemoryDeadLetterRepository', deadLetterRepositoryContract, () => memoryLetters());
describeContract('MemoryEventPublisher', eventPublisherContract, () => memoryLog());
describeContract('MemoryEventConsumer', eventConsumerContract, () => memoryLog());
describeContract('MemoryProjectRepository', projectRepositoryContract, () => memoryProjects());
describeContract('MemoryTopicRegistry', topicRegistryContract, () => memoryTopics());
