import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import {
  activityLogged,
  LogMismatch,
  type LogRecord,
  missingOffsets,
  type OffsetSpan,
  type ResumeAt,
} from '@user-activity/domain';
import { sampleActivities } from '@user-activity/port-contracts';
import { plainClient, writeTopic, writeTransactions } from '@user-activity/test-kit';
import { kafkaBrokers } from '@user-activity/test-kit/shared';
import type { ISocketFactory } from 'kafkajs';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { KafkaConnection, KafkaEventConsumer, KafkaEventPublisher, type KafkaTopic } from '../src/index.ts';
import { freshTopic } from './kafka-subjects.ts';

const admin = plainClient(kafkaBrokers()).admin();
beforeAll(() => admin.connect());
afterAll(() => admin.disconnect());

async function until(isDone: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isDone())) await delay(20);
}

async function setUp(partitions: number) {
  const { connection, topic } = await freshTopic(partitions);
  onTestFinished(() => topic.close());
  /** Starts a member of the group. Collects the arguments of `resumeAt`, and the handled records and spans. */
  const start = async (
    resumeAt: ResumeAt,
    onBatch: () => Promise<unknown> = async () => undefined,
    socketFactory?: ISocketFactory,
  ) => {
    const ownConnection = socketFactory && new KafkaConnection({ brokers: kafkaBrokers(), socketFactory });
    const consumer = new KafkaEventConsumer(ownConnection ?? connection, topic, topic.name, {
      sessionTimeoutMs: 6000,
    });
    onTestFinished(() => consumer.stop());
    const asked: number[] = [];
    const handled: LogRecord[] = [];
    const begins: number[] = [];
    const spans: OffsetSpan[] = [];
    await consumer.start(
      async (records, _, span) => {
        await onBatch();
        begins.push(span.from);
        spans.push(span);
        handled.push(...records);
      },
      (partition, next) => {
        asked.push(next);
        return resumeAt(partition, next);
      },
    );
    const offsets = (partition = 0): readonly number[] =>
      handled.flatMap(({ origin }) => (origin.partition === partition ? [origin.offset] : []));
    return { consumer, asked, begins, spans, handled, offsets };
  };
  return { connection, topic, start };
}

const append = (topic: KafkaTopic, ...values: readonly string[]): Promise<void> =>
  writeTopic(
    kafkaBrokers(),
    topic.name,
    values.map((value) => ({ partition: 0, value })),
  );

/** Writes each value in a transaction of its own, which ends with a control record. */
const transact = (topic: KafkaTopic, ...values: readonly (readonly [string, 'abort' | 'commit'])[]) =>
  writeTransactions(
    kafkaBrokers(),
    topic.name,
    ...values.map(([value, end]) => ({ partition: 0, value, end })),
  );

/** Makes sockets. The first one that would send a request to commit offsets breaks. */
function breakingAtCommit(): { readonly factory: ISocketFactory; readonly isBroken: () => boolean } {
  let isBroken = false;
  const factory: ISocketFactory = ({ host, port, onConnect }) => {
    const socket = connect({ host, port }, onConnect);
    const write = socket.write.bind(socket);
    socket.write = (request: string | Uint8Array) => {
      // The API key follows the length of the request.
      if (isBroken || Buffer.from(request).readInt16BE(4) !== offsetCommitKey) return write(request);
      isBroken = true;
      socket.destroy(new Error('broken'));
      return false;
    };
    return socket;
  };
  return { factory, isBroken: () => isBroken };
}

const offsetCommitKey = 8;

const isCommitted = (topic: KafkaTopic) => async (): Promise<boolean> => {
  const progress = await topic.progressOf(topic.name, 5000);
  return progress.every(({ committed, end }) => committed === end);
};

/** Lets a member handle 3 records, and deletes the records at the offsets 3 to 5 before it fetches them. */
async function trimmed(resumeAt: ResumeAt) {
  const { topic, start } = await setUp(1);
  await append(topic, '0', '1', '2');
  const [begun, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const member = await start(resumeAt, () => {
    begun.resolve();
    return released.promise;
  });
  // A stop waits for the handler, even if this test fails.
  onTestFinished(() => released.resolve());
  await begun.promise;
  await append(topic, '3', '4', '5', '6', '7');
  // KafkaJS deletes records only of a topic that the client knows.
  await admin.fetchTopicOffsets(topic.name);
  await admin.deleteTopicRecords({ topic: topic.name, partitions: [{ partition: 0, offset: '6' }] });
  released.resolve();
  return { topic, ...member };
}

test('a slow member whose next records were deleted calls resumeAt, and ends if that rejects', async () => {
  const mismatch = new LogMismatch('3 offsets are missing');
  const { topic, consumer, asked, offsets } = await trimmed(async (_, next) => {
    if (next > 0) throw mismatch;
    return next;
  });
  await expect(consumer.ended).rejects.toBe(mismatch);
  await consumer.stop();
  expect(asked).toEqual([0, 6]);
  expect(offsets()).toEqual([0, 1, 2]);
  // KafkaJS itself made the last commit, as the next offset was deleted.
  expect(await topic.progressOf(topic.name, 5000)).toMatchObject([
    { oldest: 6, committed: 6, end: 8, isMarked: true },
  ]);
});

test('a member does not go back to offsets that were deleted, and its handler receives the gap', async () => {
  const { asked, begins, offsets } = await trimmed(async (_, next) => Math.min(next, 3));
  await until(() => offsets().length === 5);
  expect(asked).toEqual([0, 6]);
  expect(begins).toEqual([0, 3]);
  expect(offsets()).toEqual([0, 1, 2, 6, 7]);
});

test('a member can resume at any offset between control records and aborted records, and calls resumeAt once', async () => {
  const { topic, start } = await setUp(1);
  // Offsets 0 to 6: aborted, control, committed, control, aborted, control, last.
  await transact(topic, ['a', 'abort'], ['b', 'commit'], ['c', 'abort']);
  await append(topic, 'last');
  const first = await start(async (_, next) => next);
  await until(() => first.offsets().length === 2);
  await first.consumer.stop();
  expect(first.offsets()).toEqual([2, 6]);
  const all = [2, 6];
  for (let target = 0; target <= 6; target += 1) {
    const end = 7 + target;
    await append(topic, 'more');
    all.push(end);
    const { consumer, asked, begins, offsets } = await start(async (_, next) => Math.min(next, target));
    await until(() => offsets().at(-1) === end);
    await consumer.stop();
    expect(asked).toEqual([end]);
    expect(begins[0]).toBe(target);
    expect(offsets()).toEqual(all.filter((offset) => offset >= target));
  }
});

test('control records between batches are no gap, and are handled before the group commits them', async () => {
  const { topic, start } = await setUp(1);
  const { asked, begins, offsets } = await start(async (_, next) => next);
  await transact(topic, ['committed', 'commit']);
  await until(isCommitted(topic));
  // Only aborted records and control records: a batch of these reaches the handler without records.
  await transact(topic, ['aborted', 'abort'], ['aborted too', 'abort']);
  await until(isCommitted(topic));
  await append(topic, 'last');
  await until(() => offsets().length === 2);
  expect(offsets()).toEqual([0, 6]);
  expect(begins[0]).toBe(0);
  // KafkaJS may fetch the aborted transactions together, or one by one.
  expect(begins.at(-1)).toBe(6);
  expect(asked).toEqual([0]);
});

test('offsets without records are settled, so they are not missing after they are deleted', async () => {
  const { topic, start } = await setUp(1);
  const { consumer, spans } = await start(async (_, next) => next);
  await transact(topic, ['a', 'abort'], ['b', 'commit'], ['c', 'abort']);
  await until(isCommitted(topic));
  await consumer.stop();
  const settled = spans.at(-1)?.to ?? 0;
  await admin.fetchTopicOffsets(topic.name);
  await admin.deleteTopicRecords({ topic: topic.name, partitions: [{ partition: 0, offset: '6' }] });
  const [progress] = await topic.progressOf(topic.name, 5000);
  expect(progress).toMatchObject({ oldest: 6, end: 6 });
  expect(progress && missingOffsets(progress, settled)).toBe(0);
});

test('a member goes back in an idle partition, even if the connection breaks as it commits the lower offset', async () => {
  const { topic, start } = await setUp(1);
  await append(topic, '0', '1', '2');
  const first = await start(async (_, next) => next);
  await until(isCommitted(topic));
  await first.consumer.stop();
  const sockets = breakingAtCommit();
  const again = await start(async (_, next) => Math.min(next, 1), undefined, sockets.factory);
  await until(() => again.offsets().length === 2);
  expect(sockets.isBroken()).toBe(true);
  expect(again.offsets()).toEqual([1, 2]);
});

test('a member goes back in each partition separately, and commits the lower offsets', async () => {
  const { connection, topic, start } = await setUp(6);
  const publisher = new KafkaEventPublisher(connection, topic);
  onTestFinished(() => publisher.close());
  const users = Array.from({ length: 30 }, (_, index) => `user-${index}`);
  const publish = () =>
    publisher.publish(users.flatMap((userId) => sampleActivities(2, { userId })).map(activityLogged));
  await publish();
  const first = await start(async (_, next) => next);
  await until(() => first.handled.length === 60);
  await first.consumer.stop();
  await publish();
  const again = await start(async (partition, next) => Math.min(next, partition));
  const ends = (await topic.progressOf(topic.name, 5000)).map(({ partition, end }) => ({ partition, end }));
  await until(isCommitted(topic));
  expect(again.asked).toHaveLength(6);
  for (const { partition, end } of ends)
    expect(again.offsets(partition)).toEqual([...Array(end).keys()].slice(partition));
});

test('`stop` does not wait for a pending resumeAt', async () => {
  const { topic, start } = await setUp(1);
  await append(topic, 'waiting');
  const asked = Promise.withResolvers<void>();
  const { consumer, handled } = await start(() => {
    asked.resolve();
    return Promise.withResolvers<number>().promise;
  });
  await asked.promise;
  await consumer.stop();
  await consumer.ended;
  expect(handled).toEqual([]);
  expect(await topic.progressOf(topic.name, 5000)).toMatchObject([{ oldest: 0, committed: 0, end: 1 }]);
});

test('a rebalance does not wait for a pending resumeAt, and each new owner calls it again', async () => {
  const { topic, start } = await setUp(1);
  await append(topic, 'waiting');
  const asked = Promise.withResolvers<void>();
  const stuck = await start(() => {
    asked.resolve();
    return Promise.withResolvers<number>().promise;
  });
  await asked.promise;
  const other = await start(async (_, next) => next);
  await stuck.consumer.stop();
  await until(() => other.handled.length > 0);
  expect(stuck.handled).toEqual([]);
  expect(other.asked).toEqual([0]);
  expect(other.offsets()).toEqual([0]);
});

test('a member without new records ends with the error with which resumeAt rejects', async () => {
  const { start } = await setUp(1);
  const mismatch = new LogMismatch('the log has lost records');
  const { consumer, handled } = await start(() => Promise.reject(mismatch));
  await expect(consumer.ended).rejects.toBe(mismatch);
  expect(handled).toEqual([]);
});
