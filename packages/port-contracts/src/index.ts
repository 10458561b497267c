export { activityFeedContract } from './activity-feed-contract.ts';
export { activityRepositoryContract } from './activity-repository-contract.ts';
export { anyActivity, anyMetadata } from './arbitraries.ts';
export { type ClockSubject, clockContract } from './clock-contract.ts';
export { type Contract, type ContractCase, describeContract, type Subject } from './contract.ts';
export { type DeadLetterSubject, deadLetterQueueContract } from './dead-letter-queue-contract.ts';
export { deadLetterRepositoryContract } from './dead-letter-repository-contract.ts';
export type { LetterRepositorySubject } from './letter-repository-subject.ts';
export { erasureLedgerContract } from './erasure-ledger-contract.ts';
export {
  erasureLog,
  type ErasureLedgerSubject,
  erasureOf,
} from './erasure-ledger-subject.ts';
export { eventConsumerContract } from './event-consumer-contract.ts';
export { eventPublisherContract } from './event-publisher-contract.ts';
export type { ActivityFeedSubject } from './feed-subject.ts';
export { type IdGeneratorSubject, idGeneratorContract } from './id-generator-contract.ts';
export { type KeyRepositorySubject, keyRepositoryContract } from './key-repository-contract.ts';
export { letterOf, lettersOfLogs } from './letters.ts';
export type { LogSubject } from './log-subject.ts';
export { type OutboxSubject, outboxContract } from './outbox-contract.ts';
export { projectRepositoryContract } from './project-repository-contract.ts';
export type { ProjectRepositorySubject } from './project-repository-subject.ts';
export type { RepositorySubject } from './repository-subject.ts';
export { anyErasure, sampleErasure } from './sample-erasures.ts';
export { type SampleFields, sampleActivities, sampleActivity } from './samples.ts';
export { type SecretGeneratorSubject, secretGeneratorContract } from './secret-generator-contract.ts';
export { type SettledOffsetsSubject, settledOffsetsContract } from './settled-offsets-contract.ts';
export { type TopicRegistrySubject, topicRegistryContract } from './topic-registry-contract.ts';
export { filterOf } from './walk.ts';
