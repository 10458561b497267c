import {
  activityFeedContract,
  activityRepositoryContract,
  deadLetterQueueContract,
  deadLetterRepositoryContract,
  describeContract,
  erasureLedgerContract,
  eventConsumerContract,
  eventPublisherContract,
  keyRepositoryContract,
  outboxContract,
  settledOffsetsContract,
  projectRepositoryContract,
  topicRegistryContract,
} from '@user-activity/port-contracts';
import {
  memoryDeadLetters,
  memoryErasures,
  memoryFeed,
  memoryKeys,
  memoryLetters,
  memoryLog,
  memoryOutbox,
  memoryProjects,
  memoryRepository,
  memorySettledOffsets,
  memoryTopics,
} from './memory-subjects.ts';

describeContract('MemoryActivityFeed', activityFeedContract, () => memoryFeed());
describeContract('MemoryActivityRepository', activityRepositoryContract, () => memoryRepository());
describeContract('MemoryDeadLetterQueue', deadLetterQueueContract, () => memoryDeadLetters());
describeContract('MemoryDeadLetterRepository', deadLetterRepositoryContract, () => memoryLetters());
describeContract('MemoryErasureLedger', erasureLedgerContract, () => memoryErasures());
describeContract('MemoryEventPublisher', eventPublisherContract, () => memoryLog());
describeContract('MemoryEventConsumer', eventConsumerContract, () => memoryLog());
describeContract('MemorySettledOffsets', settledOffsetsContract, () => memorySettledOffsets());
describeContract('MemoryProjectRepository', projectRepositoryContract, () => memoryProjects());
describeContract('MemoryKeyRepository', keyRepositoryContract, () => memoryKeys());
describeContract('MemoryOutbox', outboxContract, () => memoryOutbox());
describeContract('MemoryTopicRegistry', topicRegistryContract, () => memoryTopics());
