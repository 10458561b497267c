import kafkajs, { type Kafka } from 'kafkajs';

/** A client past the adapters, as anyone may have one. */
export const stranger = (brokers: readonly string[]): Kafka =>
  new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING });
