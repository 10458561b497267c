import { activityLogged, type Cancellation, type LogRecord, partitionOf } from '@user-activity/domain';
import { sampleActivities } from '@user-activity/port-contracts';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { KafkaEventConsumer, KafkaEventPublisher } from '../src/index.ts';
import { freshTopic } from './kafka-subjects.ts';

async function setUp(partitions: number) {
  const { connection, topic } = await freshTopic(partitions);
  onTestFinished(() => topic.close());
  const publisher = new KafkaEventPublisher(connection, topic);
  onTestFinished(() => publisher.close());
  const member = (): KafkaEventConsumer => {
    const consumer = new KafkaEventConsumer(connection, topic, topic.name, { sessionTimeoutMs: 6000 });
    onTestFinished(() => consumer.stop());
    return consumer;
  };
  return { publisher, member };
}

const users = Array.from({ length: 30 }, (_, index) => `user-${index}`);
const twelve = Array.from({ length: 12 });
const partitionsUsed = new Set(users.map((user) => partitionOf(Buffer.from(user), 12))).size;

const aborted = (signal: Cancellation): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

async function until(isDone: () => boolean): Promise<void> {
  while (!isDone()) await delay(20);
}

test('a rebalance cancels pending work, and its records are delivered again', async () => {
  const { publisher, member } = await setUp(1);
  const activities = sampleActivities(10);
  await publisher.publish(activities.map(activityLogged));
  const [begun, cancelled] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const first = member();
  await first.start(async (_, signal) => {
    begun.resolve();
    await aborted(signal);
    cancelled.resolve();
    throw new Error('cancelled');
  });
  await begun.promise;
  const handled: LogRecord[] = [];
  const starting = member().start(async (records) => {
    handled.push(...records);
  });
  await cancelled.promise;
  await starting;
  // Either member may have the partition now, but the handler of the first never succeeds.
  await first.stop();
  await until(() => handled.length >= activities.length);
  expect(handled.map(({ origin }) => origin.offset)).toEqual(activities.map((_, index) => index));
});

test('members share the partitions, and the partitions of a stopped member go to the others', async () => {
  const { publisher, member } = await setUp(12);
  const seen = [new Set<number>(), new Set<number>(), new Set<number>()];
  const members = seen.map(() => member());
  await Promise.all(
    members.map((consumer, index) =>
      consumer.start(async (records) => {
        for (const { origin } of records) seen[index]?.add(origin.partition);
      }),
    ),
  );
  const publish = () =>
    publisher.publish(users.flatMap((userId) => sampleActivities(3, { userId })).map(activityLogged));
  const sizeOfUnion = (sets: readonly Set<number>[]): number => new Set(sets.flatMap((set) => [...set])).size;
  await publish();
  await until(() => sizeOfUnion(seen) === partitionsUsed);
  expect(seen.every(({ size }) => size > 0 && size < partitionsUsed)).toBe(true);
  const progress = (await Promise.all(members.map((consumer) => consumer.progress()))).flat();
  expect(progress.map(({ partition }) => partition).toSorted((a, b) => a - b)).toEqual([...twelve.keys()]);
  await members[0]?.stop();
  const [, ...others] = seen;
  for (const set of seen) set.clear();
  await publish();
  await until(() => sizeOfUnion(others) === partitionsUsed);
  expect(seen[0]?.size).toBe(0);
});
