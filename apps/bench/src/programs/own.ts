// The fastest program that writes to Kafka: a minimal server on node:http, and our own record batches on a raw socket.
import { BareProducer } from './bare-producer.ts';
import { serveLean } from './lean-server.ts';

const {
  KAFKA_BROKERS: brokers = '',
  KAFKA_TOPIC: topic = '',
  KAFKA_PARTITIONS: partitions = '',
} = process.env;
const [broker = ''] = brokers.split(',');
const producer = await BareProducer.connect(broker, topic, Number(partitions));
serveLean((records) => producer.publish(records));
