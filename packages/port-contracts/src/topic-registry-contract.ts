import assert from 'node:assert/strict';
import { LogId, type RegisteredTopic, type TopicRegistry } from '@user-activity/domain';
import { casesWith, type StoreSubject } from './contract.ts';
import { assertRejects } from './rejections.ts';

/** A registry of topics. */
export type TopicRegistrySubject = StoreSubject<TopicRegistry>;

const topicCases = casesWith(
  async (subject: TopicRegistrySubject) => [await subject.open(), subject] as const,
);

/** Registers a topic with this number of partitions, and the log id `log-<number>`. */
const register = (
  topics: TopicRegistry,
  name: string,
  number: number,
  topicId?: string,
): Promise<RegisteredTopic> => topics.register({ name, partitions: number, topicId }, logOf(number));

/** What `register` returns if the topic was registered first with this number. */
const registered = (number: number, isFirst = true): RegisteredTopic => ({
  partitions: number,
  log: logOf(number),
  isFirst,
});

const logOf = (number: number): LogId => LogId.parse(`log-${number}`);

/** The promises of every `TopicRegistry`, by the numbers in its doc comment. */
export const topicRegistryContract = topicCases({
  T1: {
    async 'the first number and log id stay, whatever is registered later'(topics) {
      for (const number of [6, 6, 12, 1])
        assert.deepEqual(await register(topics, 'one', number), registered(6));
    },
  },
  T2: {
    async 'topics are independent, whatever their names'(topics) {
      const names = ['one', 'One', 'one.dead-letters', '$one', 'a.b_c-d', 'toString', '__proto__'];
      for (const [index, name] of names.entries())
        assert.deepEqual(await register(topics, name, index + 1), registered(index + 1), name);
      for (const [index, name] of names.entries())
        assert.deepEqual(await register(topics, name, 99), registered(index + 1), name);
    },
  },
  T3: {
    async 'a new handle returns the same'(topics, subject) {
      await register(topics, 'one', 6);
      await register(topics, 'two', 7, 'id-of-two');
      const later = await subject.open();
      assert.deepEqual(await register(later, 'one', 12), registered(6));
      assert.deepEqual(await register(later, 'two', 12, 'id-of-two'), registered(7));
    },
  },
  T4: {
    async 'all concurrent calls return what one of them passed'(_, subject) {
      for (const topicId of [undefined, 'id-1']) {
        for (let round = 0; round < 5; round += 1) {
          const name = `race-${round}-${topicId}`;
          const handles = await Promise.all(Array.from({ length: 8 }, () => subject.open()));
          const returned = await Promise.all(
            handles.map((topics, index) => register(topics, name, index + 1, topicId)),
          );
          const first = returned[0]?.partitions ?? 0;
          assert.ok(first >= 1 && first <= handles.length);
          for (const topic of returned) assert.deepEqual(topic, registered(first));
          assert.deepEqual(await register(await subject.open(), name, 99, topicId), registered(first));
        }
      }
    },
  },
  T5: {
    async 'calls reject while the store is unreachable, and work again afterwards'(topics, subject) {
      await register(topics, 'one', 6);
      const restore = await subject.interrupt();
      await assertRejects(register(topics, 'one', 6), 'STORE_UNAVAILABLE', 'STORE_TIMEOUT');
      await assertRejects(register(topics, 'other', 7), 'STORE_UNAVAILABLE', 'STORE_TIMEOUT');
      await restore();
      assert.deepEqual(await register(topics, 'one', 12), registered(6));
    },
  },
  T6: {
    async 'a topic that was made again under the same name is another topic'(topics) {
      assert.deepEqual(await register(topics, 'one', 6, 'id-1'), registered(6));
      assert.deepEqual(await register(topics, 'one', 3, 'id-2'), registered(3, false));
      assert.deepEqual(await register(topics, 'one', 4, 'id-3'), registered(4, false));
      for (const [number, topicId] of [
        [6, 'id-1'],
        [3, 'id-2'],
        [4, 'id-3'],
      ] as const)
        assert.deepEqual(await register(topics, 'one', 99, topicId), registered(number, number === 6));
      assert.deepEqual(await register(topics, 'other', 5, 'id-1'), registered(5));
    },
    async 'a topic without a topic id gets the first one that is passed'(topics) {
      await register(topics, 'one', 6);
      assert.deepEqual(await register(topics, 'one', 12, 'id-1'), registered(6));
      assert.deepEqual(await register(topics, 'one', 3, 'id-2'), registered(3, false));
      assert.deepEqual(await register(topics, 'one', 99, 'id-1'), registered(6));
    },
    async 'a call without a topic id means the topic that was registered first'(topics) {
      await register(topics, 'one', 6, 'id-1');
      await register(topics, 'one', 3, 'id-2');
      assert.deepEqual(await register(topics, 'one', 99), registered(6));
    },
    async 'of concurrent calls with different topic ids, each gets its own topic'(topics, subject) {
      await register(topics, 'old', 6);
      const handles = await Promise.all(Array.from({ length: 6 }, () => subject.open()));
      for (const name of ['old', 'new']) {
        const returned = await Promise.all(
          handles.map((handle, index) => register(handle, name, 10 + index, `id-${index % 3}`)),
        );
        for (const [index, topic] of returned.entries()) assert.deepEqual(topic, returned[index % 3]);
        const logs = new Set(returned.map(({ log }) => log));
        assert.equal(logs.size, 3, `${name}: ${[...logs].join()}`);
        assert.equal(logs.has(logOf(6)), name === 'old');
      }
    },
  },
  T7: {
    async 'the topic that was registered first is the first one for ever, with and without a topic id'(
      topics,
      subject,
    ) {
      for (const firstId of [undefined, 'id-1']) {
        const name = `first-${firstId}`;
        const isFirst = async (topicId?: string): Promise<boolean> =>
          (await register(await subject.open(), name, 6, topicId)).isFirst;
        assert.equal((await register(topics, name, 6, firstId)).isFirst, true);
        assert.equal(await isFirst('id-1'), true);
        for (const topicId of ['id-2', 'id-3', 'id-2']) assert.equal(await isFirst(topicId), false);
        for (const topicId of ['id-1', undefined]) assert.equal(await isFirst(topicId), true);
        assert.equal((await register(topics, `${name}-other`, 6, 'id-2')).isFirst, true);
      }
    },
    async 'of topics with one name that are registered concurrently, one is the first'(_, subject) {
      for (let round = 0; round < 5; round += 1) {
        const handles = await Promise.all(Array.from({ length: 6 }, () => subject.open()));
        const returned = await Promise.all(
          handles.map((handle, index) => register(handle, `race-${round}`, 6 + index, `id-${index % 3}`)),
        );
        const firstLogs = new Set(returned.filter(({ isFirst }) => isFirst).map(({ log }) => log));
        assert.equal(firstLogs.size, 1);
        for (const { log, isFirst } of returned) assert.equal(isFirst, firstLogs.has(log));
      }
    },
  },
});
