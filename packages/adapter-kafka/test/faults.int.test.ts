import { setTimeout as delay } from 'node:timers/promises';
import {
  activityLogged,
  type EventPublisher,
  type OriginalRecord,
  type UserActivity,
} from '@user-activity/domain';
import { sampleActivity } from '@user-activity/port-contracts';
import { type CuttableSockets, readTopic, startKafka } from '@user-activity/test-kit';
import { kafkaBrokers } from '@user-activity/test-kit/shared';
import kafkajs from 'kafkajs';
import { expect, onTestFinished, test } from 'vitest';
import { KafkaConnection, KafkaEventPublisher, KafkaTopic } from '../src/index.ts';
import { freshTopic } from './kafka-subjects.ts';

type Send = (id: string) => Promise<unknown>;

/** Returns the ids on the topic in order, each at its first position. */
async function idsOn(topic: string, brokers = kafkaBrokers()): Promise<string[]> {
  const records = await readTopic(brokers, topic);
  return [...new Set(records.map(({ headers }) => String(headers?.['ce_id'])))];
}

/** Sends m1 to m4, and loses one or all answers to m2. Returns the ids that were acknowledged. */
async function acknowledged(send: Send, sockets: CuttableSockets, losing: 'one' | 'all'): Promise<string[]> {
  const kept: string[] = [];
  const note = async (id: string): Promise<void> => {
    await send(id).then(
      () => kept.push(id),
      () => undefined,
    );
  };
  await note('m1');
  const { firstDrop, endFault } = sockets.loseAnswers();
  const second = note('m2');
  await (losing === 'one' ? firstDrop : second);
  endFault();
  await second;
  await note('m3');
  await note('m4');
  return kept;
}

async function setUp() {
  const fresh = await freshTopic(1);
  onTestFinished(() => fresh.topic.close());
  return fresh;
}

test.each([
  ['one', ['m1', 'm2', 'm3', 'm4']],
  ['all', ['m1', 'm3', 'm4']],
] as const)(
  'if %s of the responses to a record get lost, the topic has all acknowledged records in order',
  async (losing, expected) => {
    const { connection, topic, sockets } = await setUp();
    const publisher = new KafkaEventPublisher(connection, topic, { publishTimeoutMs: 4000 });
    onTestFinished(() => publisher.close());
    const send: Send = (id) => publisher.publish([activityLogged(sampleActivity({ id }))]);
    const kept = await acknowledged(send, sockets, losing);
    expect(kept).toEqual(expected);
    expect((await idsOn(topic.name)).filter((id) => kept.includes(id))).toEqual(kept);
  },
);

test('if the broker does not respond, `close` rejects pending calls before their deadlines', async () => {
  const { connection, topic, sockets } = await setUp();
  const publisher = new KafkaEventPublisher(connection, topic, { publishTimeoutMs: 600_000 });
  await publisher.publish([activityLogged(sampleActivity())]);
  const { firstDrop } = sockets.loseAnswers();
  const publishing = publisher.publish([activityLogged(sampleActivity())]);
  const outcome = publishing.catch((error: unknown) => error);
  await firstDrop;
  await publisher.close();
  expect(await outcome).toMatchObject({ code: 'LOG_UNAVAILABLE' });
});

test("KafkaJS's idempotent producer still loses an acknowledged record: the reason not to use it", async () => {
  const { topic, sockets } = await setUp();
  const client = new kafkajs.Kafka({
    brokers: [...kafkaBrokers()],
    logLevel: kafkajs.logLevel.NOTHING,
    socketFactory: sockets.factory,
    requestTimeout: 3000,
  });
  const producer = client.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    retry: { retries: 1, initialRetryTime: 50 },
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  onTestFinished(() => producer.disconnect());
  const send: Send = (id) =>
    producer.send({
      topic: topic.name,
      acks: -1,
      timeout: 500,
      messages: [{ value: id, headers: { ce_id: id } }],
    });
  const kept = await acknowledged(send, sockets, 'all');
  const held = await idsOn(topic.name);
  expect(kept.filter((id) => !held.includes(id))).toEqual(['m3']);
});

test('killing a leader under load loses no acknowledged record', async () => {
  const kafka = await startKafka({ brokers: 3 });
  onTestFinished(() => kafka.stop());
  const connection = new KafkaConnection({ brokers: kafka.brokers });
  const topic = await KafkaTopic.open(connection, { name: 'moving', partitions: 6, retentionDays: 36_500 });
  onTestFinished(() => topic.close());
  const publisher = new KafkaEventPublisher(connection, topic, { publishTimeoutMs: 30_000 });
  const users = Array.from({ length: 20 }, (_, user) => new User(`user-${user}`, publisher));
  const done = Promise.all(users.map((user) => user.act()));
  const total = (): number => users.reduce((sum, { kept }) => sum + kept.length, 0);
  await reached(total, 500);
  kafka.signal(0, 'SIGKILL');
  await reached(total, total() + 1000);
  await kafka.restart(0);
  await reached(total, total() + 1000);
  for (const user of users) user.isActive = false;
  await done;
  await publisher.close();
  const held = await idsOn(topic.name, kafka.brokers);
  for (const { kept } of users) {
    const own = new Set(kept);
    expect(held.filter((id) => own.has(id))).toEqual(kept);
  }
});

/** Publishes one activity after the other, and collects the acknowledged ones. */
class User {
  readonly kept: string[] = [];
  isActive = true;
  readonly #name: string;
  readonly #publisher: EventPublisher;

  constructor(name: string, publisher: EventPublisher) {
    this.#name = name;
    this.#publisher = publisher;
  }

  async act(): Promise<void> {
    while (this.isActive) {
      const activity: UserActivity = sampleActivity({ userId: this.#name });
      await this.#publisher.publish([activityLogged(activity)]);
      this.kept.push(activity.id);
    }
  }
}

async function reached(count: () => number, goal: number): Promise<void> {
  while (count() < goal) await delay(20);
}

test('a record too large for the topic is reported as too large, and the other records are published again', async () => {
  const { connection, topic } = await setUp();
  const publisher = new KafkaEventPublisher(connection, topic);
  onTestFinished(() => publisher.close());
  const recordOf = (offset: number, size: number): OriginalRecord => ({
    origin: { topic: topic.name, partition: 0, offset },
    key: null,
    value: Buffer.alloc(size, 'x'),
    headers: {},
  });
  // The maximum framing of a batch and a record, and our header.
  const framing = 250;
  const max = topic.maxMessageBytes;
  const sizes = [10, max, 20, max - framing, 900_001];
  const outcomes = await publisher.republish(sizes.map((size, offset) => recordOf(offset, size)));
  expect(outcomes).toEqual(['published', 'too-large', 'published', 'published', 'published']);
  const held = await readTopic(kafkaBrokers(), topic.name);
  expect(held.map(({ value }) => value?.length)).toEqual([10, 20, max - framing, 900_001]);
});
