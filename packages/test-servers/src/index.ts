export { type CuttableProxy, cuttableProxy } from './cuttable-proxy.ts';
export { type Kafka, startKafka } from './kafka.ts';
export { type Mongod, startMongod } from './mongod.ts';
export { type ServiceOptions, ServiceProcess } from './service-process.ts';
export { readTopic } from './read-topic.ts';
export { parsePrometheusText, type Exposition, type Sample, sumOf } from './prometheus-text.ts';
