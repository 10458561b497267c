import {
  FixedClock,
  MemoryActivityRepository,
  MemoryDeadLetterQueue,
  MemoryDeadLetterRepository,
  MemoryEventPublisher,
  MemoryLog,
  MemoryStore,
} from '@user-activity/adapter-memory';
import {
  ActivityKeyText,
  type DeadLetter,
  DeadLetterCode,
  DeadLetterFilter,
  DeadLetterId,
  DeadLetterQuery,
  type DeadLetterRepository,
  DomainError,
  edgeTopic,
  type EventPublisher,
  firstCopyOf,
  type LogRecord,
  ProjectId,
  Timestamp,
} from '@user-activity/domain';
import { letterOf, sampleActivity } from '@user-activity/port-contracts';
import { describe, expect, test } from 'vitest';
import { makeFindDeadLetters } from '../src/dead-letters/find-dead-letters.ts';
import { makeStoreActivities } from '../src/storing/store-activities.ts';
import { settling, spanOf } from './records.ts';
import { makeReplayInDefault } from './unaudited.ts';

const utf8 = new TextEncoder();

/** Log, store and the use cases around dead letters, in memory. `consume` stores what the log holds by then. */
function setUp(
  change: { deadLetters?: Partial<DeadLetterRepository>; publisher?: Partial<EventPublisher> } = {},
) {
  const [log, store, clock] = [new MemoryLog({ partitions: 1 }), new MemoryStore(), new FixedClock()];
  const repository = new MemoryDeadLetterRepository(store);
  const deadLetters: DeadLetterRepository = {
    find: (query) => repository.find(query),
    findByIds: (project, ids, maxBytes) => repository.findByIds(project, ids, maxBytes),
    findLatestLetters: (keys) => repository.findLatestLetters(keys),
    remove: (removals) => repository.remove(removals),
    sweep: (limits) => repository.sweep(limits),
    claimReplay: (claim) => repository.claimReplay(claim),
    releaseReplay: (claim) => repository.releaseReplay(claim),
    ...change.deadLetters,
  };
  const sound = new MemoryEventPublisher(log);
  const publisher: EventPublisher = {
    publish: (events) => sound.publish(events),
    republish: (records) => sound.republish(records),
    ping: () => sound.ping(),
    close: () => sound.close(),
    ...change.publisher,
  };
  const storeActivities = makeStoreActivities({
    ...settling(store),
    repository: new MemoryActivityRepository(store),
    deadLetterQueue: new MemoryDeadLetterQueue(store),
    clock,
    pause: async () => undefined,
    grace: async () => undefined,
    observer: { failed: () => undefined, recovered: () => undefined },
  });
  const consume = async (): Promise<readonly LogRecord[]> => {
    clock.advance(1);
    const records = log.claim('store', 0, 10_000)?.records ?? [];
    if (records.length === 0) return records;
    await storeActivities(records, new AbortController().signal, spanOf(records));
    log.release('store', 0, records.length);
    clock.advance(1);
    return records;
  };
  return {
    log,
    store,
    clock,
    consume,
    replay: makeReplayInDefault({ deadLetters, publisher, clock, maxPortionMs: 40_000 }),
    find: makeFindDeadLetters({ deadLetters }),
    letters: (): DeadLetter[] => [...store.letters.values()],
  };
}

const poison = {
  key: utf8.encode('user-1'),
  value: utf8.encode('no JSON'),
  headers: { h: [Uint8Array.of(1)] },
};
const recordOf = (activity: ReturnType<typeof sampleActivity>) => ({
  key: utf8.encode(activity.userId),
  value: utf8.encode(JSON.stringify(activity)),
  headers: {},
});

describe('replaying', () => {
  test('runs once at a time over all processes, and the next may start after a success or a failure', async () => {
    const [begun, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const deps = setUp({
      publisher: {
        async republish(records) {
          begun.resolve();
          await gate.promise;
          return records.map(() => 'published');
        },
      },
    });
    deps.clock.advance(1);
    await new MemoryDeadLetterQueue(deps.store).add([letterOf(1), letterOf(2)]);
    const first = deps.replay('all');
    await begun.promise;
    const deadLetters = new MemoryDeadLetterRepository(deps.store);
    const publisher = new MemoryEventPublisher(deps.log);
    const other = { deadLetters, publisher, clock: deps.clock, maxPortionMs: 40_000 };
    const elsewhere = makeReplayInDefault(other);
    expect(await deps.replay([])).toBe('under way');
    expect(await elsewhere('all')).toBe('under way');
    gate.reject(new DomainError('LOG_UNAVAILABLE', 'gone'));
    await expect(first).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    expect(await elsewhere([])).toEqual({ replayed: 0, tooLarge: 0, more: false });
    expect(deps.letters()).toHaveLength(2);
  });

  test('a conflict with an activity that is gone is stored once by two replays, and its letter is removed', async () => {
    const { log, store, consume, replay, letters } = setUp();
    const [first, other] = [sampleActivity({ id: 'a' }), sampleActivity({ id: 'a', type: 'LOGOUT' })];
    for (const activity of [first, other]) log.appendRaw(recordOf(activity));
    await consume();
    const [letter] = letters();
    if (letter === undefined) throw new Error('The conflict has a letter.');
    store.activities.delete(ActivityKeyText.of(first));
    expect(await replay([DeadLetterId.of(letter.origin)])).toEqual({ replayed: 1, tooLarge: 0, more: false });
    expect(letters()).toEqual([]);
    await consume();
    expect([...store.activities.values()]).toEqual([other]);
    // As after a crash between publishing and removing: the letter still exists, and is replayed again.
    await new MemoryDeadLetterQueue(store).add([letter]);
    expect(await replay('all')).toEqual({ replayed: 1, tooLarge: 0, more: false });
    await consume();
    expect([...store.activities.values()]).toEqual([other]);
    expect(letters()).toEqual([]);
    expect(await replay([DeadLetterId.of(letter.origin)])).toEqual({ replayed: 0, tooLarge: 0, more: false });
  });

  test('keeps letters that were never on the log, both in a replay by id and in one of all', async () => {
    const { log, store, clock, replay, letters } = setUp();
    clock.advance(1);
    const edge = letterOf(1, { origin: { topic: edgeTopic, partition: 7, offset: 1 }, code: 'invalid' });
    const others = DeadLetterCode.replayable.map((code, index) => letterOf(index, { code }));
    await new MemoryDeadLetterQueue(store).add([edge, ...others]);
    const ids = letters().map(({ origin }) => DeadLetterId.of(origin));
    expect(await replay(ids.slice(0, 2))).toEqual({ replayed: 1, tooLarge: 0, more: false });
    expect(await replay('all')).toEqual({ replayed: 2, tooLarge: 0, more: false });
    expect(letters()).toEqual([edge]);
    expect(log.claim('test', 0, 10)?.records).toHaveLength(3);
  });

  test('an unreadable record that fails repeatedly has one letter, with the origin and bytes of the original', async () => {
    const { log, clock, consume, replay, letters } = setUp();
    log.appendRaw(poison);
    await consume();
    for (let round = 0; round < 3; round += 1) {
      expect(await replay('all')).toEqual({ replayed: 1, tooLarge: 0, more: false });
      const [record] = await consume();
      expect(record?.replayOf).toEqual({ topic: 'user-activity', partition: 0, offset: 0 });
      expect(letters()).toMatchObject([
        { origin: { offset: 0 }, ...poison, diedAt: Timestamp.fromMillis(clock.now() - 1) },
      ]);
    }
  });

  test('a record that fails again before its letter is removed keeps the new letter', async () => {
    const deps = setUp({
      deadLetters: {
        async remove(removals) {
          await deps.consume();
          await new MemoryDeadLetterRepository(deps.store).remove(removals);
        },
      },
    });
    deps.log.appendRaw(poison);
    await deps.consume();
    const before = deps.letters()[0]?.diedAt ?? 0;
    expect(await deps.replay('all')).toEqual({ replayed: 1, tooLarge: 0, more: false });
    expect(deps.letters()).toHaveLength(1);
    expect(deps.letters()[0]?.diedAt).toBeGreaterThan(before);
  });

  test('replays all letters of many pages once each, even if all fail again during the replay', async () => {
    const deps = setUp({
      deadLetters: {
        async remove(removals) {
          await new MemoryDeadLetterRepository(deps.store).remove(removals);
          await deps.consume();
        },
      },
    });
    for (let offset = 0; offset < 1234; offset += 1) deps.log.appendRaw(poison);
    await deps.consume();
    expect(await deps.replay('all')).toEqual({ replayed: 1234, tooLarge: 0, more: false });
    expect(deps.letters()).toHaveLength(1234);
    expect(deps.letters().every(({ origin }) => origin.offset < 1234)).toBe(true);
  });

  test('ends at its time limit, and reports that letters remain', async () => {
    const deps = setUp({
      deadLetters: {
        async remove(removals) {
          await new MemoryDeadLetterRepository(deps.store).remove(removals);
          deps.clock.advance(30_000);
        },
      },
    });
    for (let offset = 0; offset < 500; offset += 1) deps.log.appendRaw(poison);
    await deps.consume();
    expect(await deps.replay('all')).toEqual({ replayed: 200, tooLarge: 0, more: true });
    expect(deps.letters()).toHaveLength(300);
  });

  test('replays only the letters with the given ids, once each, and ignores unknown ids', async () => {
    const { log, consume, replay, letters } = setUp();
    for (let offset = 0; offset < 5; offset += 1) log.appendRaw(poison);
    await consume();
    const ids = [3, 9, 1, 3].map((offset) => DeadLetterId.parse(`user-activity:0:${offset}`));
    expect(await replay(ids)).toEqual({ replayed: 2, tooLarge: 0, more: false });
    expect(letters().map(({ origin }) => origin.offset)).toEqual([0, 2, 4]);
    const records = await consume();
    expect(records.map((record) => firstCopyOf(record).origin.offset)).toEqual([3, 1]);
    expect(await replay([])).toEqual({ replayed: 0, tooLarge: 0, more: false });
  });

  test('reads large letters one at a time, and small ones together', async () => {
    const calls: number[] = [];
    const { store, replay } = setUp({
      publisher: {
        async republish(records) {
          calls.push(records.length);
          return records.map(() => 'published');
        },
      },
    });
    const large = new Uint8Array(3 * 1024 * 1024);
    const all = [1, 2, 3].map((offset) =>
      letterOf(offset, { value: large, diedAt: Timestamp.fromMillis(0) }),
    );
    all.push(...[4, 5, 6].map((offset) => letterOf(offset, { diedAt: Timestamp.fromMillis(1) })));
    await new MemoryDeadLetterQueue(store).add(all);
    expect(await replay('all')).toEqual({ replayed: 6, tooLarge: 0, more: false });
    expect(calls).toEqual([1, 1, 4]);
  });

  test('keeps a letter that is too large for the log, and replays the others', async () => {
    const { log, consume, replay, letters } = setUp({
      publisher: {
        republish: async (records) => records.map((_, index) => (index === 1 ? 'too-large' : 'published')),
      },
    });
    for (let offset = 0; offset < 3; offset += 1) log.appendRaw(poison);
    await consume();
    expect(await replay('all')).toEqual({ replayed: 2, tooLarge: 1, more: false });
    expect(letters().map(({ origin }) => origin.offset)).toEqual([1]);
  });
});

describe('a failed replay', () => {
  test('keeps every letter if the log failed', async () => {
    const { log, consume, replay, find, letters } = setUp();
    log.appendRaw(poison);
    await consume();
    log.reachable = false;
    await expect(replay('all')).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    expect(letters()).toHaveLength(1);
    const filter = DeadLetterFilter.of({ project: ProjectId.default });
    expect((await find(DeadLetterQuery.of({ filter, order: 'asc', limit: 1 }))).letters).toHaveLength(1);
  });

  test('keeps the letter if the store failed after publishing, and a second replay is safe', async () => {
    let down = true;
    const deps = setUp({
      deadLetters: {
        async remove(removals) {
          deps.store.reachable = !down;
          await new MemoryDeadLetterRepository(deps.store).remove(removals);
        },
      },
    });
    deps.log.appendRaw(poison);
    await deps.consume();
    await expect(deps.replay('all')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    down = false;
    deps.store.reachable = true;
    expect(await deps.replay('all')).toEqual({ replayed: 1, tooLarge: 0, more: false });
    await deps.consume();
    expect(deps.letters()).toHaveLength(1);
  });
});
