import assert from 'node:assert/strict';
import type { TopicRegistry } from '@user-activity/domain';
import { casesWith, type StoreSubject } from './contract.ts';
import { assertRejects } from './rejections.ts';

/** A registry of topics. */
export type TopicRegistrySubject = StoreSubject<TopicRegistry>;

const topicCases = casesWith(
  async (subject: TopicRegistrySubject) => [await subject.open(), subject] as const,
);

/** The promises of every `TopicRegistry`, by the numbers in its doc comment. */
export const topicRegistryContract = topicCases({
  T1: {
    async 'the first number stays, whatever number is registered later'(topics) {
      for (const partitions of [6, 6, 12, 1]) assert.equal(await topics.register('one', partitions), 6);
    },
  },
  T2: {
    async 'topics are independent, whatever their names'(topics) {
      const names = ['one', 'One', 'one.dead-letters', '$one', 'a.b_c-d', 'toString', '__proto__'];
      for (const [index, name] of names.entries())
        assert.equal(await topics.register(name, index + 1), index + 1, name);
      for (const [index, name] of names.entries())
        assert.equal(await topics.register(name, 99), index + 1, name);
    },
  },
  T3: {
    async 'a new handle returns the same number'(topics, subject) {
      await topics.register('one', 6);
      assert.equal(await (await subject.open()).register('one', 12), 6);
    },
  },
  T4: {
    async 'all concurrent calls return the number that one of them passed'(_, subject) {
      for (let round = 0; round < 5; round += 1) {
        const handles = await Promise.all(Array.from({ length: 8 }, () => subject.open()));
        const returned = await Promise.all(
          handles.map((topics, index) => topics.register(`race-${round}`, index + 1)),
        );
        assert.equal(new Set(returned).size, 1, `they returned ${returned.join()}`);
        assert.ok((returned[0] ?? 0) >= 1 && (returned[0] ?? 0) <= handles.length);
        assert.equal(await (await subject.open()).register(`race-${round}`, 99), returned[0]);
      }
    },
  },
  T5: {
    async 'calls reject while the store is unreachable, and work again afterwards'(topics, subject) {
      await topics.register('one', 6);
      const restore = await subject.interrupt();
      await assertRejects(topics.register('one', 6), 'STORE_UNAVAILABLE', 'STORE_TIMEOUT');
      await assertRejects(topics.register('other', 7), 'STORE_UNAVAILABLE', 'STORE_TIMEOUT');
      await restore();
      assert.equal(await topics.register('one', 12), 6);
    },
  },
});
