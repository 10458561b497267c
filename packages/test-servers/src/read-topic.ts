import kafkajs from 'kafkajs';

/** A record as a stranger's consumer sees it, all as text. */
export interface TopicRecord {
  readonly partition: number;
  readonly key: string | undefined;
  readonly value: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** All that a topic holds, read with a stock KafkaJS consumer in a group of its own. */
export async function readTopic(brokers: readonly string[], topic: string): Promise<readonly TopicRecord[]> {
  const client = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING });
  const admin = client.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  const total = ends.reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0);
  const records: TopicRecord[] = [];
  if (total === 0) return records;
  const all = Promise.withResolvers<void>();
  const consumer = client.consumer({
    groupId: `stranger-${process.pid}-${Date.now()}`,
    maxWaitTimeInMs: 100,
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ partition, message: { key, value, headers = {} } }) => {
      const texts = Object.entries(headers).map(([name, header]) => [name, String(header)] as const);
      records.push({
        partition,
        key: key?.toString(),
        value: value?.toString(),
        headers: Object.fromEntries(texts),
      });
      if (records.length === total) all.resolve();
    },
  });
  await all.promise;
  await consumer.disconnect();
  return records;
}
