import { setTimeout as delay } from 'node:timers/promises';
import kafkajs, { type Admin } from 'kafkajs';
import { plainClient } from './plain-client.ts';

/** A record in a transaction of its own, and whether the transaction is aborted. */
export interface Transaction {
  readonly partition: number;
  readonly value: string;
  readonly end: 'abort' | 'commit';
}

/** Writes transactions to a topic. Each takes two offsets: that of its record, and that of a control record. */
export async function writeTransactions(
  brokers: readonly string[],
  topic: string,
  ...transactions: readonly Transaction[]
): Promise<void> {
  const client = plainClient(brokers);
  const admin = client.admin();
  const producer = client.producer({
    transactionalId: topic,
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  });
  await Promise.all([admin.connect(), producer.connect()]);
  const end = (await sizeOf(admin, topic)) + 2 * transactions.length;
  for (const { partition, value, end: outcome } of transactions) {
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: [{ partition, value }] });
    await transaction[outcome]();
  }
  // The broker writes the last control record after its answer.
  while ((await sizeOf(admin, topic)) < end) await delay(20);
  await Promise.all([admin.disconnect(), producer.disconnect()]);
}

/** Returns the sum of the end offsets of all partitions. */
async function sizeOf(admin: Admin, topic: string): Promise<number> {
  const partitions = await admin.fetchTopicOffsets(topic);
  return partitions.reduce((sum, { high }) => sum + Number(high), 0);
}
