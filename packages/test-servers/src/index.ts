export { type FaultyProxy, faultyProxy, type Mend } from './faulty-proxy.ts';
export { inDatabase } from './in-database.ts';
export { type Kafka, startKafka } from './kafka.ts';
export { type Mongod, startMongod } from './mongod.ts';
export { readTopic, type TopicRecord } from './read-topic.ts';
export { type ReplicaSet, startReplicaSet } from './replica-set.ts';
export { type ServiceOptions, ServiceProcess } from './service-process.ts';
export { TopicTools, type WrittenRecord } from './topic-tools.ts';
export { writeTopic } from './write-topic.ts';
