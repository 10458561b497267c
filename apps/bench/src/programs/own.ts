// The most that anything which writes to Kafka reached: a lean server on node:http, and record batches of our own on a bare socket.
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
