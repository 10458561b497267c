import assert from 'node:assert/strict';
import type { TopicRegistry } from '@user-activity/domain';
import type { Contract, Subject } from './contract.ts';
import { assertRejects } from './rejections.ts';

/** One registry, empty at first. */
export interface TopicRegistrySubject extends Subject {
  /** Opens a new handle on the registry. */
  open(): Promise<TopicRegistry>;
  /** Makes the registry unreachable for every handle. The returned function undoes it. */
  interrupt(): Promise<() => Promise<void>>;
}

/** The promises of every `TopicRegistry`, by the numbers in its doc comment. */
export const topicRegistryContract: Contract<TopicRegistrySubject> = [
  {
    promise: 'T1',
    title: 'the first number stays, whatever number comes later',
    async run(subject) {
      const topics = await subject.open();
      for (const partitions of [6, 6, 12, 1]) assert.equal(await topics.register('one', partitions), 6);
    },
  },
  {
    promise: 'T2',
    title: 'topics are independent, whatever their names',
    async run(subject) {
      const topics = await subject.open();
      const names = ['one', 'One', 'one.dead-letters', '$one', 'a.b_c-d', 'toString', '__proto__'];
      for (const [index, name] of names.entries())
        assert.equal(await topics.register(name, index + 1), index + 1, name);
      for (const [index, name] of names.entries())
        assert.equal(await topics.register(name, 99), index + 1, name);
    },
  },
  {
    promise: 'T3',
    title: 'a new handle returns the same number',
    async run(subject) {
      await (await subject.open()).register('one', 6);
      assert.equal(await (await subject.open()).register('one', 12), 6);
    },
  },
  {
    promise: 'T4',
    title: 'concurrent calls all return the same number, passed by one of them',
    async run(subject) {
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
  {
    promise: 'T5',
    title: 'while unreachable it rejects with a domain error, and works again afterwards',
    async run(subject) {
      const topics = await subject.open();
      await topics.register('one', 6);
      const restore = await subject.interrupt();
      await assertRejects(topics.register('one', 6), 'STORE_UNAVAILABLE', 'STORE_TIMEOUT');
      await assertRejects(topics.register('other', 7), 'STORE_UNAVAILABLE', 'STORE_TIMEOUT');
      await restore();
      assert.equal(await topics.register('one', 12), 6);
    },
  },
];
