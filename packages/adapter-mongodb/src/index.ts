export { MongoActivityRepository } from './mongo-activity-repository.ts';
export { MongoDeadLetterQueue } from './mongo-dead-letter-queue.ts';
export { MongoDeadLetterRepository } from './mongo-dead-letter-repository.ts';
export { MongoKeyRepository } from './mongo-key-repository.ts';
export { MongoSettledOffsets } from './mongo-settled-offsets.ts';
export { MongoProjectRepository } from './mongo-project-repository.ts';
export { MongoTopicRegistry } from './mongo-topic-registry.ts';
export { MongoStore, type MongoStoreOptions } from './mongo-store.ts';
export { DeploymentError } from './open-failure.ts';
