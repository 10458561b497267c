import {
  FixedClock,
  MemoryActivityRepository,
  MemoryDeadLetterQueue,
  MemoryDeadLetterRepository,
  MemoryEventPublisher,
  MemoryLog,
  MemoryProjectRepository,
  MemorySettledOffsets,
  MemoryStore,
} from '@user-activity/adapter-memory';
import { DeadLetterId, LogId, type RawRecord, replayHeader, Timestamp } from '@user-activity/domain';
import { sampleActivity } from '@user-activity/port-contracts';
import { expect, test } from 'vitest';
import { makeStoreActivities } from '../src/storing/store-activities.ts';
import { erasing } from './erasing.ts';
import { spanOf } from './records.ts';
import { makeReplayInDefault } from './unaudited.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A store, and the consumers of a topic that was deleted and recreated. Each of its logs begins at offset 0. */
function setUp() {
  const [store, clock] = [new MemoryStore(), new FixedClock()];
  const settledOffsets = new MemorySettledOffsets(store);
  const deadLetters = new MemoryDeadLetterRepository(store);
  const projects = new MemoryProjectRepository(store);
  async function begin(id: string, isFirstLog: boolean) {
    const [memory, log] = [new MemoryLog({ partitions: 1 }), LogId.parse(id)];
    await settledOffsets.begin(log, [0]);
    const storeActivities = makeStoreActivities({
      repository: new MemoryActivityRepository(store),
      deadLetterQueue: new MemoryDeadLetterQueue(store),
      projects,
      ...erasing(store),
      settledOffsets,
      log,
      isFirstLog,
      clock,
      pause: async () => undefined,
      grace: async () => undefined,
      observer: { failed: () => undefined, recovered: () => undefined },
    });
    const publisher = new MemoryEventPublisher(memory);
    const consume = async (...records: readonly RawRecord[]): Promise<void> => {
      for (const record of records) memory.appendRaw(record);
      clock.advance(1);
      const claimed = memory.claim('store', 0, 1000)?.records ?? [];
      await storeActivities(claimed, new AbortController().signal, spanOf(claimed));
      memory.release('store', 0, claimed.length);
      clock.advance(1);
    };
    const replay = makeReplayInDefault({ deadLetters, publisher, clock, maxPortionMs: 40_000 });
    return { consume, replay };
  }
  const letters = (): readonly string[] =>
    [...store.letters].map(([id, { value }]) => `${id} ${Buffer.from(value ?? []).toString()}`).toSorted();
  return { store, projects, begin, letters };
}

const poison = (text: string, header?: string): RawRecord => ({
  key: bytes('user-1'),
  value: bytes(text),
  headers: header === undefined ? {} : { [replayHeader]: [bytes(header)] },
});

test('letters at the same offset of two logs are both kept and replayed, and keep their ids if they fail again', async () => {
  const { begin, letters } = setUp();
  await (await begin('log-1', true)).consume(poison('old 0'), poison('old 1'));
  const { consume, replay } = await begin('log-2', false);
  await consume(poison('new 0'));
  const expected = ['user-activity:0:0 old 0', 'user-activity:0:1 old 1', 'user-activity@log-2:0:0 new 0'];
  expect(letters()).toEqual(expected);
  for (let round = 0; round < 2; round += 1) {
    expect(await replay('all')).toEqual({ replayed: 3, tooLarge: 0, more: false });
    expect(letters()).toEqual([]);
    await consume();
    expect(letters()).toEqual(expected);
  }
  expect(await replay([DeadLetterId.parse('user-activity@log-2:0:0')])).toMatchObject({ replayed: 1 });
  expect(letters()).toEqual(expected.slice(0, 2));
});

test.each([
  ['log-1', true, 'user-activity:0:0', 'user-activity:0:7'],
  ['log-2', false, 'user-activity@log-2:0:0', 'user-activity@log-2:0:7'],
])(
  'a replay header with a later offset of %s does not change the id of a letter',
  async (log, isFirst, ...ids) => {
    const { begin, letters } = setUp();
    const { consume } = await begin(log, isFirst);
    const [own, later] = ids;
    await consume(poison('forged', later));
    expect(letters()).toEqual([`${own} forged`]);
  },
);

test('if a record of the new log is erased, its letter is removed, and not the letter of the old log', async () => {
  const { projects, begin, letters } = setUp();
  const activity = sampleActivity();
  const record = { ...poison(JSON.stringify(activity)), key: bytes(activity.userId) };
  await (await begin('log-1', true)).consume(poison('old 0'), poison('old 1'));
  const { consume } = await begin('log-2', false);
  await consume(poison('new 0'));
  await projects.beginErasure(activity.project, Timestamp.fromMillis(activity.receivedAt));
  await consume(record);
  expect(letters()).toHaveLength(3);
  await consume({ ...record, headers: { [replayHeader]: [bytes('user-activity@log-2:0:0')] } });
  expect(letters()).toEqual(['user-activity:0:0 old 0', 'user-activity:0:1 old 1']);
});
