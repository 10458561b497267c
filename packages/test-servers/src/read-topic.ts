import kafkajs, { type KafkaMessage } from 'kafkajs';

/** All that a topic holds, read with a stock KafkaJS consumer in a group of its own. */
export async function readTopic(brokers: readonly string[], topic: string): Promise<readonly KafkaMessage[]> {
  const client = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING });
  const admin = client.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  const total = ends.reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0);
  const records: KafkaMessage[] = [];
  if (total === 0) return records;
  const all = Promise.withResolvers<void>();
  const consumer = client.consumer({
    groupId: `stranger-${process.pid}-${Date.now()}`,
    maxWaitTimeInMs: 100,
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => {
      records.push(message);
      if (records.length === total) all.resolve();
    },
  });
  await all.promise;
  await consumer.disconnect();
  return records;
}
