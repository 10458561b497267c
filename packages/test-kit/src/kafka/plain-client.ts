import kafkajs, { type Kafka } from 'kafkajs';

/** Makes a Kafka client with the defaults of KafkaJS. */
export const plainClient = (brokers: readonly string[]): Kafka =>
  new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING });
