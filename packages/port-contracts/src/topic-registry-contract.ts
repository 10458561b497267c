import assert from 'node:assert/strict';
import { LogId, type RegisteredTopic, type TopicRegistry } from '@user-activity/domain';
import { casesWith, type StoreSubject } from './contract.ts';
import { assertEachRejects } from './rejections.ts';

/** A store with a registry of topics. */
export type TopicRegistrySubject = StoreSubject<TopicRegistry>;

const topicCases = casesWith(
  async (subject: TopicRegistrySubject) => [await subject.open(), subject] as const,
);

/** Registers a topic with `number` partitions and the log id `log-<number>`. */
const register = (
  topics: TopicRegistry,
  name: string,
  number: number,
  topicId?: string,
): Promise<RegisteredTopic> => topics.register({ name, partitions: number, topicId }, logOf(number));

/** Returns what `register` must return for a topic that was first registered with this number. */
const registeredAs = (number: number, isFirst = true): RegisteredTopic => ({
  partitions: number,
  log: logOf(number),
  isFirst,
});

const logOf = (number: number): LogId => LogId.parse(`log-${number}`);

/** The promises of every `TopicRegistry`, by the numbers in its doc comment. */
export const topicRegistryContract = topicCases({
  T1: {
    async 'registering a topic again returns its first number of partitions and its first log id'(topics) {
      for (const number of [6, 6, 12, 1])
        assert.deepEqual(await register(topics, 'one', number), registeredAs(6));
    },
  },
  T2: {
    async 'each topic keeps its own number of partitions and log id, whatever its name is'(topics) {
      const names = ['one', 'One', 'one.dead-letters', '$one', 'a.b_c-d', 'toString', '__proto__'];
      for (const [index, name] of names.entries())
        assert.deepEqual(await register(topics, name, index + 1), registeredAs(index + 1), name);
      for (const [index, name] of names.entries())
        assert.deepEqual(await register(topics, name, 99), registeredAs(index + 1), name);
    },
  },
  T3: {
    async 'a new handle returns what was registered before'(topics, subject) {
      await register(topics, 'one', 6);
      await register(topics, 'two', 7, 'id-of-two');
      const later = await subject.open();
      assert.deepEqual(await register(later, 'one', 12), registeredAs(6));
      assert.deepEqual(await register(later, 'two', 12, 'id-of-two'), registeredAs(7));
    },
  },
  T4: {
    async 'concurrent calls for one topic all return what one of them passed'(_, subject) {
      for (const topicId of [undefined, 'id-1']) {
        for (let round = 0; round < 5; round += 1) {
          const name = `race-${round}-${topicId}`;
          const handles = await Promise.all(Array.from({ length: 8 }, () => subject.open()));
          const returned = await Promise.all(
            handles.map((topics, index) => register(topics, name, index + 1, topicId)),
          );
          const first = returned[0]?.partitions ?? 0;
          assert.ok(first >= 1 && first <= handles.length);
          for (const topic of returned) assert.deepEqual(topic, registeredAs(first));
          assert.deepEqual(await register(await subject.open(), name, 99, topicId), registeredAs(first));
        }
      }
    },
  },
  T5: {
    async 'calls reject while the store is unreachable, and work again afterwards'(topics, subject) {
      await register(topics, 'one', 6);
      const restore = await subject.interrupt();
      const everyCall = [() => register(topics, 'one', 6), () => register(topics, 'other', 7)];
      await assertEachRejects(everyCall, 'STORE_UNAVAILABLE', 'STORE_TIMEOUT');
      await restore();
      assert.deepEqual(await register(topics, 'one', 12), registeredAs(6));
    },
  },
  T6: {
    async 'a topic that was deleted and created again is a different topic, with its own values'(topics) {
      assert.deepEqual(await register(topics, 'one', 6, 'id-1'), registeredAs(6));
      assert.deepEqual(await register(topics, 'one', 3, 'id-2'), registeredAs(3, false));
      assert.deepEqual(await register(topics, 'one', 4, 'id-3'), registeredAs(4, false));
      for (const [number, topicId] of [
        [6, 'id-1'],
        [3, 'id-2'],
        [4, 'id-3'],
      ] as const)
        assert.deepEqual(await register(topics, 'one', 99, topicId), registeredAs(number, number === 6));
      assert.deepEqual(await register(topics, 'other', 5, 'id-1'), registeredAs(5));
    },
    async 'a topic that was registered without a topic id gets the first one that is passed later'(topics) {
      await register(topics, 'one', 6);
      assert.deepEqual(await register(topics, 'one', 12, 'id-1'), registeredAs(6));
      assert.deepEqual(await register(topics, 'one', 3, 'id-2'), registeredAs(3, false));
      assert.deepEqual(await register(topics, 'one', 99, 'id-1'), registeredAs(6));
    },
    async 'a call without a topic id returns the topic that was registered first under the name'(topics) {
      await register(topics, 'one', 6, 'id-1');
      await register(topics, 'one', 3, 'id-2');
      assert.deepEqual(await register(topics, 'one', 99), registeredAs(6));
    },
    async 'concurrent calls with different topic ids register different topics'(topics, subject) {
      await register(topics, 'old', 6);
      const handles = await Promise.all(Array.from({ length: 6 }, () => subject.open()));
      for (const name of ['old', 'new']) {
        const returned = await Promise.all(
          handles.map((handle, index) => register(handle, name, 10 + index, `id-${index % 3}`)),
        );
        for (const [index, topic] of returned.entries()) assert.deepEqual(topic, returned[index % 3]);
        const logs = new Set(returned.map(({ log }) => log));
        assert.equal(logs.size, 3, `${name} has the log ids ${[...logs].join()}`);
        assert.equal(logs.has(logOf(6)), name === 'old');
      }
    },
  },
  T7: {
    async '`isFirst` stays true for the topic that was first under its name, and false for later ones'(
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
    async 'if topics with one name are registered concurrently, `isFirst` is true for exactly one'(
      _,
      subject,
    ) {
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
