import { MemoryStore, MemoryTopicRegistry, SequentialIds } from '@user-activity/adapter-memory';
import { DomainError } from '@user-activity/domain';
import { expect, test } from 'vitest';
import { makeRegisterLog, PartitionsChanged } from '../src/storing/register-log.ts';

function setUp() {
  const store = new MemoryStore();
  const deps = { topics: new MemoryTopicRegistry(store), ids: new SequentialIds() };
  return { store, registerLog: makeRegisterLog(deps) };
}

test('a topic with its original number of partitions gets the same log id each time', async () => {
  const { registerLog } = setUp();
  const { log } = await registerLog({ name: 'one', partitions: 6 });
  expect(await registerLog({ name: 'one', partitions: 6 })).toEqual({ partitions: 6, log, isFirst: true });
  expect((await registerLog({ name: 'other', partitions: 12 })).log).not.toBe(log);
});

test('a topic that was recreated with the same name is another log, with any number of partitions', async () => {
  const { registerLog } = setUp();
  const first = await registerLog({ name: 'one', partitions: 6, topicId: 'a' });
  const second = await registerLog({ name: 'one', partitions: 3, topicId: 'b' });
  expect(second.log).not.toBe(first.log);
  expect([first.isFirst, second.isFirst]).toEqual([true, false]);
  expect(await registerLog({ name: 'one', partitions: 6, topicId: 'a' })).toEqual(first);
});

test.each([1, 5, 7, 12])(
  'with %i partitions instead of 6 it is refused, and both numbers are named',
  async (partitions) => {
    const { registerLog } = setUp();
    const { log } = await registerLog({ name: 'one', partitions: 6 });
    const registering = registerLog({ name: 'one', partitions });
    await expect(registering).rejects.toThrow(PartitionsChanged);
    await expect(registering).rejects.toThrow(`The topic one has ${partitions} partitions and began with 6.`);
    expect((await registerLog({ name: 'one', partitions: 6 })).log).toBe(log);
  },
);

test('it rejects if the store is unavailable', async () => {
  const { store, registerLog } = setUp();
  store.reachable = false;
  await expect(registerLog({ name: 'one', partitions: 6 })).rejects.toBeInstanceOf(DomainError);
});
