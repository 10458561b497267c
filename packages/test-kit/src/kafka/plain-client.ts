import kafkajs, { type Kafka } from 'kafkajs';

/** A Kafka client with the defaults of KafkaJS, as another program would use. */
export const plainClient = (brokers: readonly string[]): Kafka =>
  new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING });
