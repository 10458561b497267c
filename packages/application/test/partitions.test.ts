import { MemoryStore, MemoryTopicRegistry } from '@user-activity/adapter-memory';
import { DomainError } from '@user-activity/domain';
import { expect, test } from 'vitest';
import { makeAssertSamePartitions, PartitionsChanged } from '../src/storing/assert-same-partitions.ts';

function setUp() {
  const store = new MemoryStore();
  return {
    store,
    assertSamePartitions: makeAssertSamePartitions({ topics: new MemoryTopicRegistry(store) }),
  };
}

test('a topic with its original number of partitions is accepted', async () => {
  const { store, assertSamePartitions } = setUp();
  await assertSamePartitions({ name: 'one', partitions: 6 });
  await assertSamePartitions({ name: 'one', partitions: 6 });
  await assertSamePartitions({ name: 'other', partitions: 12 });
  expect([...store.topics]).toEqual([
    ['one', 6],
    ['other', 12],
  ]);
});

test.each([1, 5, 7, 12])(
  'with %i instead of 6 it is refused, and both numbers are named',
  async (partitions) => {
    const { store, assertSamePartitions } = setUp();
    await assertSamePartitions({ name: 'one', partitions: 6 });
    const asserting = assertSamePartitions({ name: 'one', partitions });
    await expect(asserting).rejects.toThrow(PartitionsChanged);
    await expect(asserting).rejects.toThrow(`The topic one has ${partitions} partitions and began with 6.`);
    expect(store.topics.get('one')).toBe(6);
  },
);

test('an unreachable store makes the check reject', async () => {
  const { store, assertSamePartitions } = setUp();
  store.reachable = false;
  await expect(assertSamePartitions({ name: 'one', partitions: 6 })).rejects.toBeInstanceOf(DomainError);
});
