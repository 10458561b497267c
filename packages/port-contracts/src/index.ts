export { activityRepositoryContract } from './activity-repository-contract.ts';
export { anyActivity, anyMetadata } from './arbitraries.ts';
export { type ClockSubject, clockContract } from './clock-contract.ts';
export { type Contract, type ContractCase, describeContract, type Subject } from './contract.ts';
export { type DeadLetterSubject, deadLetterQueueContract } from './dead-letter-queue-contract.ts';
export {
  deadLetterRepositoryContract,
  type LetterRepositorySubject,
} from './dead-letter-repository-contract.ts';
export { eventConsumerContract } from './event-consumer-contract.ts';
export { eventPublisherContract } from './event-publisher-contract.ts';
export { type IdGeneratorSubject, idGeneratorContract } from './id-generator-contract.ts';
export { letterOf } from './letters.ts';
export type { LogSubject } from './log-subject.ts';
export type { RepositorySubject } from './repository-subject.ts';
export { type SampleFields, sampleActivities, sampleActivity } from './samples.ts';
export { type TopicRegistrySubject, topicRegistryContract } from './topic-registry-contract.ts';
export { filterOf } from './walk.ts';
