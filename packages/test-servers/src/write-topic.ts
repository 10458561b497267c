import kafkajs, { type Message } from 'kafkajs';

/** Writes records to a topic with a stock KafkaJS producer, as anyone could; each alone, in their order. */
export async function writeTopic(
  brokers: readonly string[],
  topic: string,
  messages: readonly Message[],
): Promise<void> {
  const client = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING });
  const producer = client.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await producer.connect();
  for (const message of messages) await producer.send({ topic, messages: [message] });
  await producer.disconnect();
}
