import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { firstCopyOf, type LogRecord, ProjectId, Timestamp } from '@user-activity/domain';
import {
  batchBytes,
  codecs,
  makeTopic,
  plainClient,
  readTopic,
  startKafka,
  writeTopic,
} from '@user-activity/test-kit';
import { kafkaBrokers } from '@user-activity/test-kit/shared';
import { unreadableBatchHeader } from '@user-activity/topic-contract';
import kafkajs, { type Producer, type ProducerConfig } from 'kafkajs';
import { expect, onTestFinished, test } from 'vitest';
import { KafkaConnection, KafkaDeadLetterQueue, KafkaEventConsumer, KafkaTopic } from '../src/index.ts';

const connection = new KafkaConnection({ brokers: kafkaBrokers() });
let topics = 0;

/** Makes a topic with these settings without our code, and opens it. */
async function topicWith(settings: Readonly<Record<string, string>>): Promise<KafkaTopic> {
  topics += 1;
  const name = `reading-${process.pid}-${Date.now()}-${topics}`;
  await makeTopic(kafkaBrokers(), name, { partitions: 2, settings });
  const topic = await KafkaTopic.open(connection, { name, partitions: 2, retentionDays: 36_500 });
  onTestFinished(() => topic.close());
  return topic;
}

/** Returns at least `count` records as a consumer receives them. They are committed when this resolves. */
async function read(topic: KafkaTopic, count: number, from = connection): Promise<readonly LogRecord[]> {
  const received: LogRecord[] = [];
  const all = Promise.withResolvers<void>();
  const consumer = new KafkaEventConsumer(from, topic, topic.name);
  await consumer.start(async (records) => {
    received.push(...records);
    if (received.length >= count) all.resolve();
  });
  await all.promise;
  await consumer.stop();
  return received;
}

/** Connects a stock producer. */
async function producerWith(options: ProducerConfig = {}): Promise<Producer> {
  const producer = plainClient(kafkaBrokers()).producer({
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    ...options,
  });
  await producer.connect();
  onTestFinished(() => producer.disconnect());
  return producer;
}

const valuesOf = (records: readonly LogRecord[]) =>
  records.map((record) => Buffer.from(record.raw().value ?? '').toString());

test.each(['producer', ...codecs])(
  'records with any compression are read from a topic with compression.type=%s',
  async (compressionType) => {
    const topic = await topicWith({ 'compression.type': compressionType });
    const message = { key: 'k', partition: 0, headers: { h: ['1', '2'] } };
    for (const codec of codecs)
      await writeTopic(kafkaBrokers(), topic.name, [{ ...message, value: codec.repeat(20_000) }], codec);
    const records = await read(topic, codecs.length);
    expect(valuesOf(records)).toEqual(codecs.map((codec) => codec.repeat(20_000)));
    for (const record of records)
      expect(record.raw().headers).toEqual({ h: [Buffer.from('1'), Buffer.from('2')] });
  },
);

test('an unreadable batch is delivered as one record, committed with all its offsets, and kept as a dead letter', async () => {
  const topic = await topicWith({ 'compression.type': 'producer' });
  const producer = await producerWith();
  const bomb = { partition: 0, value: Buffer.alloc(30_000_000) };
  const compression = kafkajs.CompressionTypes.GZIP;
  await producer.send({ topic: topic.name, messages: [{ partition: 0, value: 'before' }] });
  await producer.send({ topic: topic.name, compression, messages: [bomb, bomb, bomb] });

  const [before, record] = await read(topic, 2);
  expect(before?.origin.offset).toBe(0);
  if (record === undefined) throw new Error('No record was received.');
  expect(record.origin).toEqual({ topic: topic.name, partition: 0, offset: 1 });
  expect(record.content).toMatchObject({
    project: '_system',
    reason: "the batch at offsets 1 to 3 can't be read: the batch decompresses to more than 67108864 bytes",
  });
  const progress = await topic.progressOf(topic.name, 5000);
  expect(progress.find(({ partition }) => partition === 0)).toMatchObject({ committed: 4, end: 4 });

  const queue = new KafkaDeadLetterQueue(connection, topic);
  onTestFinished(() => queue.close());
  const diedAt = Timestamp.parse('2026-01-02T03:04:05Z');
  const project = ProjectId.system;
  await queue.add([{ ...firstCopyOf(record), project, code: 'unreadable', reason: 'poison', diedAt }]);
  const [letter] = await readTopic(kafkaBrokers(), topic.deadLetters);
  expect(letter?.value?.equals(record.raw().value ?? Buffer.alloc(0))).toBe(true);
  expect(String(letter?.headers?.[unreadableBatchHeader])).toBe('1-3');
});

test('a record larger than the limit of a fetch is read, and the next record too', async () => {
  const topic = await topicWith({ 'max.message.bytes': '12500000' });
  const value = 'x'.repeat(11 * 1024 * 1024);
  await writeTopic(kafkaBrokers(), topic.name, [
    { partition: 0, value },
    { partition: 0, value: 'next' },
  ]);
  expect(valuesOf(await read(topic, 2)).map(({ length }) => length)).toEqual([value.length, 4]);
});

test('records of an aborted transaction are skipped, and records of a committed transaction are read', async () => {
  const topic = await topicWith({});
  const producer = await producerWith({
    transactionalId: topic.name,
    idempotent: true,
    maxInFlightRequests: 1,
  });
  for (const [value, end] of [
    ['aborted', 'abort'],
    ['committed', 'commit'],
    ['aborted again', 'abort'],
  ] as const) {
    const transaction = await producer.transaction();
    await transaction.send({ topic: topic.name, messages: [{ partition: 0, value }] });
    await transaction[end]();
  }
  await writeTopic(kafkaBrokers(), topic.name, [{ partition: 0, value: 'last' }]);
  expect(valuesOf(await read(topic, 2))).toEqual(['committed', 'last']);
});

test('a batch with an unknown codec and a corrupt batch are delivered as one record each', async () => {
  const kafka = await startKafka();
  onTestFinished(() => kafka.stop());
  const own = new KafkaConnection({ brokers: kafka.brokers });
  const topic = await KafkaTopic.open(own, { name: 'damaged', partitions: 1, retentionDays: 36_500 });
  onTestFinished(() => topic.close());
  await writeTopic(kafka.brokers, topic.name, [{ value: 'before' }]);
  await kafka.end(0);
  const segment = join(kafka.folders[0] ?? '', 'damaged-0', `${'0'.repeat(20)}.log`);
  await appendFile(segment, batchBytes(Buffer.from('?'), { firstOffset: 1, codec: 5, count: 3 }));
  await appendFile(segment, batchBytes(Buffer.from('?'), { firstOffset: 4, codec: 3, count: 2 }));
  await kafka.restart(0);
  await writeTopic(kafka.brokers, topic.name, [{ value: 'after' }]);

  const records = await read(topic, 4, own);
  expect(records.map(({ origin }) => origin.offset)).toEqual([0, 1, 4, 6]);
  expect(records.map(({ content }) => content)).toMatchObject([
    { project: 'default', reason: 'the record has no ce_type header' },
    { project: '_system', reason: "the batch at offsets 1 to 3 can't be read: codec 5 is unknown" },
    { project: '_system', reason: "the batch at offsets 4 to 5 can't be read: it is no LZ4 frame" },
    { project: 'default', reason: 'the record has no ce_type header' },
  ]);
  expect(await topic.progressOf(topic.name, 5000)).toMatchObject([{ committed: 7, end: 7 }]);
});
