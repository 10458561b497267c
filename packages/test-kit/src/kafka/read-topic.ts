import { setTimeout as delay } from 'node:timers/promises';
import kafkajs, { type Admin, type KafkaMessage } from 'kafkajs';
import { plainClient } from './plain-client.ts';

/** A record with its partition. */
export type TopicRecord = KafkaMessage & { readonly partition: number };

/** Reads all records of a topic with KafkaJS and a new consumer group, in the order of each partition. */
export async function readTopic(brokers: readonly string[], topic: string): Promise<readonly TopicRecord[]> {
  const client = plainClient(brokers);
  const admin = client.admin();
  await admin.connect();
  const partitionOffsets = await offsetsOf(admin, topic);
  await admin.disconnect();
  const recordCount = partitionOffsets.reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0);
  // The keys are partition and offset, because some records are delivered again after a rebalance.
  const records = new Map<string, TopicRecord>();
  if (recordCount === 0) return [];
  const allRead = Promise.withResolvers<void>();
  const consumer = client.consumer({
    groupId: `reader-${process.pid}-${Date.now()}`,
    maxWaitTimeInMs: 100,
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch: { partition, messages } }) => {
      for (const message of messages)
        records.set(`${partition}:${message.offset}`, Object.assign(message, { partition }));
      if (records.size >= recordCount) allRead.resolve();
    },
  });
  await allRead.promise;
  await consumer.disconnect();
  return [...records.values()];
}

/** Resolves with the offsets of each partition. Retries while the leader of a new partition does not know yet that it is the leader. */
async function offsetsOf(admin: Admin, topic: string): ReturnType<Admin['fetchTopicOffsets']> {
  for (;;) {
    try {
      return await admin.fetchTopicOffsets(topic);
    } catch (error) {
      if (!(error instanceof kafkajs.KafkaJSProtocolError) || error.type !== 'NOT_LEADER_FOR_PARTITION')
        throw error;
      await delay(20);
    }
  }
}
