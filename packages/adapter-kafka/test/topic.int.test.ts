import { ProjectId, Timestamp } from '@user-activity/domain';
import { makeTopic, plainClient, readTopic, startKafka } from '@user-activity/test-kit';
import { kafkaBrokers } from '@user-activity/test-kit/shared';
import kafkajs from 'kafkajs';
import { beforeAll, afterAll, expect, onTestFinished, test } from 'vitest';
import {
  KafkaConnection,
  type KafkaConnectionOptions,
  KafkaDeadLetterQueue,
  KafkaTopic,
  TopicError,
  type TopicPlan,
} from '../src/index.ts';

const admin = plainClient(kafkaBrokers()).admin();
beforeAll(() => admin.connect());
afterAll(() => admin.disconnect());

const connection = new KafkaConnection({ brokers: kafkaBrokers() });
let plans = 0;
const newPlan = (): TopicPlan => {
  plans += 1;
  return { name: `topic-${process.pid}-${Date.now()}-${plans}`, partitions: 4, retentionDays: 7 };
};

async function settingsOf(name: string): Promise<Record<string, string>> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name }],
  });
  return Object.fromEntries(
    (resources[0]?.configEntries ?? []).map(({ configName, configValue }) => [configName, configValue]),
  );
}

const create = (name: string, settings: Readonly<Record<string, string>>) =>
  makeTopic(kafkaBrokers(), name, { partitions: 2, settings });

test('creates both topics with safe settings, and warns of a single replica', async () => {
  const plan = newPlan();
  const warnings: string[] = [];
  const topic = await KafkaTopic.open(connection, plan, (message) => warnings.push(message));
  expect(topic.partitions).toBe(4);
  await topic.assertWritable(5000);
  await topic.close();
  for (const name of [plan.name, `${plan.name}.dead-letters`]) {
    expect(await settingsOf(name)).toMatchObject({
      'cleanup.policy': 'delete',
      'unclean.leader.election.enable': 'false',
      'retention.ms': String(7 * 86_400_000),
      'compression.type': 'uncompressed',
    });
    expect(warnings).toContainEqual(
      `The topic ${name} has one replica: if its broker is lost, its records are lost too; use 3 replicas.`,
    );
  }
});

test('several processes may create the topics at the same time', async () => {
  const plan = newPlan();
  const topics = await Promise.all([1, 2, 3].map(() => KafkaTopic.open(connection, plan)));
  expect(topics.map(({ partitions }) => partitions)).toEqual([4, 4, 4]);
  await Promise.all(topics.map((topic) => topic.close()));
});

test('uses an existing topic unchanged, with its number of partitions', async () => {
  const plan = newPlan();
  await create(plan.name, {});
  const topic = await KafkaTopic.open(connection, plan);
  expect(topic.partitions).toBe(2);
  await topic.close();
});

test('every record of the topic fits into its dead letter topic', async () => {
  const plan = newPlan();
  await create(plan.name, { 'max.message.bytes': '5000000' });
  const topic = await KafkaTopic.open(connection, plan);
  await topic.close();
  expect(await settingsOf(topic.deadLetters)).toMatchObject({ 'max.message.bytes': '5065536' });
});

test('refuses a topic that could lose or refuse records, and names each reason', async () => {
  const plan = newPlan();
  await create(plan.name, { 'cleanup.policy': 'compact', 'max.message.bytes': '1000' });
  const opening = KafkaTopic.open(connection, plan);
  await expect(opening).rejects.toThrow(TopicError);
  await expect(opening).rejects.toThrow(/cleanup\.policy must be delete.*max\.message\.bytes is 1000/);
});

test.each([
  ['cleanup.policy', 'compact,delete', 'cleanup.policy must be delete'],
  ['max.message.bytes', '999999', 'max.message.bytes is 999999 and must be from 1000000'],
  ['max.message.bytes', '20000000', 'max.message.bytes is 20000000'],
  ['min.insync.replicas', '2', 'min.insync.replicas is 2 and must be at most its number of replicas, 1'],
  ['message.timestamp.before.max.ms', '60000', 'message.timestamp.before.max.ms is 60000'],
  ['message.timestamp.after.max.ms', '1000', 'message.timestamp.after.max.ms is 1000'],
])('refuses %s=%s', async (setting, value, reason) => {
  const plan = newPlan();
  await create(plan.name, { [setting]: value });
  await expect(KafkaTopic.open(connection, plan)).rejects.toThrow(reason);
});

test.each([
  ['message.timestamp.type', 'LogAppendTime'],
  ['retention.ms', '3600000'],
  ['retention.bytes', '1000000000'],
  ['unclean.leader.election.enable', 'true'],
  ['compression.type', 'producer'],
])('warns of %s=%s', async (setting, value) => {
  const plan = newPlan();
  await create(plan.name, { [setting]: value });
  const warnings: string[] = [];
  const topic = await KafkaTopic.open(connection, plan, (message) => warnings.push(message));
  expect(warnings).toContainEqual(expect.stringContaining(`${plan.name} has ${setting}=${value}`));
  await topic.close();
});

test('is not writable after partitions were added, and warns once', async () => {
  const plan = newPlan();
  const warnings: string[] = [];
  const topic = await KafkaTopic.open(connection, plan, (message) => warnings.push(message));
  await topic.assertWritable(5000);
  warnings.splice(0);
  await admin.createPartitions({ topicPartitions: [{ topic: plan.name, count: 5 }] });
  for (let isWritable = true; isWritable; )
    isWritable = await topic.assertWritable(5000).then(
      () => true,
      () => false,
    );
  await expect(topic.assertWritable(5000)).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
  expect(warnings).toEqual([expect.stringContaining('now has 5 partitions instead of 4')]);
  await topic.close();
});

test('rejects with the address if no broker responds', async () => {
  const nowhere = new KafkaConnection({ brokers: ['127.0.0.1:1'] });
  await expect(KafkaTopic.open(nowhere, newPlan())).rejects.toMatchObject({
    code: 'LOG_UNAVAILABLE',
    message: expect.stringContaining('127.0.0.1:1') as string,
  });
});

test('logs in to a broker with credentials, and reports a failed login without the password', async () => {
  const credentials = { username: 'me', password: 'secret' };
  const kafka = await startKafka({ credentials });
  onTestFinished(() => kafka.stop());
  const open = (sasl?: KafkaConnectionOptions['sasl']) =>
    KafkaTopic.open(
      new KafkaConnection({ brokers: kafka.brokers, ...(sasl === undefined ? {} : { sasl }) }),
      newPlan(),
    );
  const topic = await open({ mechanism: 'plain', ...credentials });
  await topic.assertWritable(5000);
  await topic.close();
  const refused = open({ mechanism: 'plain', ...credentials, password: 'wrong-password' });
  await expect(refused).rejects.toThrow(TopicError);
  await expect(refused).rejects.not.toThrow('wrong-password');
});

test('a dead letter too large for its topic is stored without its bytes, and does not block the next letter', async () => {
  const topic = await KafkaTopic.open(connection, newPlan());
  onTestFinished(() => topic.close());
  const queue = new KafkaDeadLetterQueue(connection, topic);
  onTestFinished(() => queue.close());
  const letters = [5_000_000, 3].map((size, offset) => ({
    project: ProjectId.parse('shop'),
    origin: { topic: topic.name, partition: 0, offset },
    key: null,
    value: new Uint8Array(size),
    headers: { big: [new Uint8Array(10)] },
    code: 'unreadable' as const,
    reason: 'it is not JSON',
    diedAt: Timestamp.parse('2026-01-02T03:04:05Z'),
  }));
  await queue.add(letters);
  const [large, small] = await readTopic(kafkaBrokers(), topic.deadLetters);
  expect(large?.value).toBeNull();
  expect(String(large?.headers?.['user-activity-dead-letter-project'])).toBe('shop');
  expect(String(large?.headers?.['user-activity-dead-letter-reason'])).toContain('5000000 bytes');
  expect(small?.value).toHaveLength(3);
});
