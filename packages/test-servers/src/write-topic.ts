import kafkajs, { type Message } from 'kafkajs';
import { stranger } from './stranger.ts';

/** Writes records to a topic with a stock KafkaJS producer, as anyone could; each alone, in their order. */
export async function writeTopic(
  brokers: readonly string[],
  topic: string,
  messages: readonly Message[],
): Promise<void> {
  const producer = stranger(brokers).producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await producer.connect();
  for (const message of messages) await producer.send({ topic, messages: [message] });
  await producer.disconnect();
}
