export { type CuttableProxy, cuttableProxy } from './cuttable-proxy.ts';
export { type Kafka, startKafka } from './kafka.ts';
export { type Mongod, startMongod } from './mongod.ts';
export { kafkaBrokers, mongodbUri } from './provided.ts';
