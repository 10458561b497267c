import { join } from 'node:path';
import type { LogRecord } from '@user-activity/domain';
import { makeTopic, plainClient, runWithKafkaJava } from '@user-activity/test-kit';
import { kafkaBrokers } from '@user-activity/test-kit/shared';
import { expect, onTestFinished, test } from 'vitest';
import { KafkaConnection, KafkaEventConsumer, KafkaTopic } from '../src/index.ts';

const connection = new KafkaConnection({ brokers: kafkaBrokers() });
const program = join(import.meta.dirname, 'JavaProducer.java');
const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];
let topics = 0;

/** Makes a topic of one partition that keeps the compression of the producer, and lets Kafka's producer in Java write to it. */
async function writtenByJava(...steps: readonly string[]): Promise<KafkaTopic> {
  topics += 1;
  const name = `java-${process.pid}-${Date.now()}-${topics}`;
  await makeTopic(kafkaBrokers(), name, { partitions: 1, settings: { 'compression.type': 'producer' } });
  const topic = await KafkaTopic.open(connection, { name, partitions: 1, retentionDays: 36_500 });
  onTestFinished(() => topic.close());
  await runWithKafkaJava(program, [kafkaBrokers().join(), name, ...steps]);
  return topic;
}

/** Reads until the group has committed the end of the log. Returns the offset and the value of each record. */
async function readAll(
  topic: KafkaTopic,
  group = topic.name,
): Promise<readonly (readonly [offset: number, value: string])[]> {
  const received: LogRecord[] = [];
  const consumer = new KafkaEventConsumer(connection, topic, group);
  onTestFinished(() => consumer.stop());
  await consumer.start(async (records) => void received.push(...records));
  const isAtEnd = async (): Promise<boolean> => {
    const [progress] = await topic.progressOf(group, 5000);
    return progress !== undefined && progress.end > 0 && progress.committed === progress.end;
  };
  await expect.poll(isAtEnd, { timeout: 120_000 }).toBe(true);
  await consumer.stop();
  return received.map((record) => [record.origin.offset, Buffer.from(record.raw().value ?? '').toString()]);
}

test('interleaved transactions are read without aborted records, up to and including the last control record', async () => {
  const steps =
    'batch:none:first begin:A send:A:a1 begin:B send:B:b1 send:A:a2 batch:none:plain ' +
    'send:B:b2 commit:B send:A:a3 abort:A begin:A send:A:a4 commit:A ' +
    'begin:B send:B:b3 abort:B';
  const topic = await writtenByJava(...steps.split(' '));
  // The control records are at 6, 8, 10 and 12.
  expect(await readAll(topic)).toEqual([
    [0, 'first'],
    [2, 'b1'],
    [4, 'plain'],
    [5, 'b2'],
    [9, 'a4'],
  ]);
});

test('a batch that begins before the requested offset is read from that offset on, with every codec', async () => {
  const values = Array.from({ length: 10 }, (_, index) => `value ${index}`);
  const topic = await writtenByJava(...codecs.map((codec) => `batch:${codec}:${values.join(':')}`));
  const all = codecs.flatMap((_, batch) =>
    values.map((value, index) => [batch * values.length + index, value] as const),
  );
  const admin = plainClient(kafkaBrokers()).admin();
  await admin.connect();
  onTestFinished(() => admin.disconnect());
  for (const [batch, codec] of codecs.entries()) {
    const offset = batch * values.length + 7;
    const groupId = `${topic.name}-${codec}`;
    const partitions = [{ partition: 0, offset: String(offset) }];
    await admin.setOffsets({ groupId, topic: topic.name, partitions });
    expect(await readAll(topic, groupId)).toEqual(all.slice(offset));
  }
});

test('batches that are cut off at the end of a fetch are read whole', async () => {
  const sizes = [400_000, 500_000, 600_000, 700_000, 10];
  const topic = await writtenByJava(...sizes.map((size) => `large:${size}`));
  const read = await readAll(topic);
  expect(read.map(([offset, value]) => [offset, value.length])).toEqual(sizes.map((size, at) => [at, size]));
});
