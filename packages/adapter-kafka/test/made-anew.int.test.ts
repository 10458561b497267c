import { setTimeout as delay } from 'node:timers/promises';
import { activityLogged, LogMismatch, type LogRecord } from '@user-activity/domain';
import { sampleActivities, sampleActivity } from '@user-activity/port-contracts';
import { plainClient, readTopic, writeTopic } from '@user-activity/test-kit';
import { kafkaBrokers } from '@user-activity/test-kit/shared';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { KafkaConnection, KafkaEventConsumer, KafkaEventPublisher, KafkaTopic } from '../src/index.ts';
import { describeTopic } from '../src/prepare-topic.ts';
import { withCluster } from '../src/with-cluster.ts';

const admin = withCluster(plainClient(kafkaBrokers()), (client) => client.admin());
beforeAll(() => admin.connect());
afterAll(() => admin.disconnect());

const connection = new KafkaConnection({ brokers: kafkaBrokers() });
let topics = 0;

/** Opens a topic with one partition, and collects its warnings. */
async function openTopic() {
  topics += 1;
  const name = `anew-${process.pid}-${Date.now()}-${topics}`;
  const warnings: string[] = [];
  const topic = await KafkaTopic.open(connection, { name, partitions: 1, retentionDays: 36_500 }, (message) =>
    warnings.push(message),
  );
  onTestFinished(() => topic.close());
  warnings.splice(0);
  return { topic, warnings };
}

/** Deletes the topic, makes it again, and writes `count` records to it. */
async function makeAnew(topic: string, count: number): Promise<void> {
  const idOf = async () => (await describeTopic(admin, topic)).topicId;
  const oldId = await idOf();
  await admin.deleteTopics({ topics: [topic] });
  for (let isMade = false; !isMade; await delay(20))
    isMade = await admin.createTopics({
      topics: [{ topic, numPartitions: 1, replicationFactor: 1 }],
      waitForLeaders: false,
    });
  // A slow broker still takes records for the old topic for a moment.
  while ((await idOf().catch(() => oldId)) === oldId) await delay(20);
  const messages = Array.from({ length: count }, (_, index) => ({ partition: 0, value: `new ${index}` }));
  if (count > 0) await writeTopic(kafkaBrokers(), topic, messages);
}

async function publish(topic: KafkaTopic, count: number): Promise<void> {
  const publisher = new KafkaEventPublisher(connection, topic);
  await publisher.publish(sampleActivities(count).map(activityLogged));
  await publisher.close();
}

/** Starts a consumer whose handler calls `onBatch`. Returns the handled records too. */
async function startConsumer(topic: KafkaTopic, onBatch: () => Promise<unknown> = async () => undefined) {
  const handled: LogRecord[] = [];
  const consumer = new KafkaEventConsumer(connection, topic, topic.name);
  onTestFinished(() => consumer.stop());
  await consumer.start(async (records) => {
    await onBatch();
    handled.push(...records);
  });
  return { consumer, handled };
}

const isOfService = ({ content }: LogRecord): boolean => content.name === 'ActivityLogged';

test('a new process reads another topic id if the topic was made again, and otherwise the same', async () => {
  const { topic } = await openTopic();
  const plan = { name: topic.name, partitions: 1, retentionDays: 36_500 };
  const reopened = async (): Promise<string | undefined> => {
    const opened = await KafkaTopic.open(connection, plan);
    await opened.close();
    return opened.topicId;
  };
  expect(topic.topicId).toMatch(/^[\w-]{22}$/);
  expect(await reopened()).toBe(topic.topicId);
  await makeAnew(topic.name, 0);
  expect(await reopened()).not.toBe(topic.topicId);
});

test.each([
  ['ends before the next offset', 3],
  ['goes beyond the next offset', 10],
])(
  'if the topic is made again, and %s, a waiting consumer ends without handling a record',
  async (_, count) => {
    const { topic } = await openTopic();
    const { consumer, handled } = await startConsumer(topic);
    await publish(topic, 5);
    while (handled.length < 5) await delay(20);
    await makeAnew(topic.name, count);
    await expect(consumer.ended).rejects.toThrow(LogMismatch);
    expect(handled.filter((record) => !isOfService(record))).toEqual([]);
  },
);

test('a consumer whose topic was made again ends, even if its next offset exists in the new topic', async () => {
  const { topic } = await openTopic();
  const [begun, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const { consumer, handled } = await startConsumer(topic, () => {
    begun.resolve();
    return released.promise;
  });
  await publish(topic, 1);
  await begun.promise;
  await makeAnew(topic.name, 10);
  released.resolve();
  await expect(consumer.ended).rejects.toThrow(/was deleted and recreated: its id was .*/);
  expect(handled.map(isOfService)).toEqual([true]);
});

test('an idle consumer whose topic was made again is not ready, and ends when its progress is read', async () => {
  const { topic, warnings } = await openTopic();
  const { consumer } = await startConsumer(topic);
  await makeAnew(topic.name, 0);
  await expect(consumer.ping()).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
  await expect(consumer.progress()).rejects.toThrow(LogMismatch);
  await expect(consumer.ended).rejects.toThrow(LogMismatch);
  expect(warnings).toEqual([
    `The topic ${topic.name} was deleted and recreated; this process is not ready any more. Restart it.`,
  ]);
});

test('a publisher whose topic was made again is not ready, and the events that it confirms are on the new topic', async () => {
  const { topic, warnings } = await openTopic();
  const publisher = new KafkaEventPublisher(connection, topic);
  onTestFinished(() => publisher.close());
  await publisher.publish([activityLogged(sampleActivity())]);
  await publisher.ping();
  await makeAnew(topic.name, 0);
  const activity = sampleActivity();
  await publisher.publish([activityLogged(activity)]);
  for (let attempt = 0; attempt < 2; attempt += 1)
    await expect(publisher.ping()).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
  expect(warnings).toHaveLength(1);
  const records = await readTopic(kafkaBrokers(), topic.name);
  expect(records.map(({ headers }) => String(headers?.['ce_id']))).toEqual([activity.id]);
});
