import { getEventListeners } from 'node:events';
import {
  FixedClock,
  MemoryActivityRepository,
  MemoryDeadLetterQueue,
  MemoryStore,
} from '@user-activity/adapter-memory';
import {
  type ActivityRepository,
  DomainError,
  emptyTally,
  type LogRecord,
  type SaveOutcome,
} from '@user-activity/domain';
import { sampleActivity } from '@user-activity/port-contracts';
import { describe, expect, test } from 'vitest';
import { makeStoreActivities, type StoreActivitiesDeps } from '../src/storing/store-activities.ts';
import { rawOf, recordsOf, settling, spanOf } from './records.ts';

const none = emptyTally();

/** The use case on adapters in memory; what a test gives takes their place. `pauses` is told of each wait. */
function setUp(change: Partial<StoreActivitiesDeps> = {}) {
  const store = new MemoryStore();
  const told: string[] = [];
  const aborting = new AbortController();
  const useCase = makeStoreActivities({
    ...settling(store),
    repository: new MemoryActivityRepository(store),
    deadLetterQueue: new MemoryDeadLetterQueue(store),
    clock: new FixedClock(),
    pause: async (failures) => {
      told.push(`pause ${failures}`);
    },
    grace: async () => {
      told.push('grace');
    },
    observer: {
      failed: (_error, failures) => told.push(`failed ${failures}`),
      recovered: (failures) => told.push(`recovered ${failures}`),
    },
    ...change,
  });
  const storeActivities = (records: readonly LogRecord[], signal: AbortSignal, span = spanOf(records)) =>
    useCase(records, signal, span);
  return { store, told, aborting, storeActivities, signal: aborting.signal };
}

/** A repository whose `save` always returns these outcomes. */
const answering = (...outcomes: readonly SaveOutcome[]): ActivityRepository => ({
  save: async () => outcomes,
  find: async () => ({ activities: [], hasMore: false }),
  count: async () => 0,
  findById: async () => undefined,
  countByKey: async () => [],
  countBySlot: async () => [],
  findByIds: async () => [],
  ping: async () => undefined,
});

describe('every outcome of saving', () => {
  test.each([
    ['stored', { ...none, stored: 1 }],
    ['redelivered', { ...none, redelivered: 1 }],
    ['duplicate', { ...none, duplicate: 1 }],
    ['erased', { ...none, erased: 1 }],
  ] as const)('%s is counted and gives no dead letter', async (outcome, tally) => {
    const { store, storeActivities, signal } = setUp({ repository: answering(outcome) });
    expect(await storeActivities(recordsOf(sampleActivity()), signal)).toEqual(tally);
    expect(store.letters.size).toBe(0);
  });

  test('a conflict is counted, and becomes a dead letter with its bytes', async () => {
    const { store, storeActivities, signal } = setUp({ repository: answering('stored', 'conflict') });
    const [first, second] = [sampleActivity(), sampleActivity()];
    const records = recordsOf(first, second);
    expect(await storeActivities(records, signal)).toEqual({ ...none, stored: 1, conflict: 1 });
    expect([...store.letters.values()]).toEqual([
      {
        project: second.project,
        origin: { topic: 'user-activity', partition: 0, offset: 1 },
        ...rawOf(1),
        code: 'conflict',
        reason: 'its id already holds another fact',
        diedAt: new FixedClock().now(),
        activityId: second.id,
      },
    ]);
  });

  test('a refused record becomes a dead letter with its reason', async () => {
    const { store, storeActivities, signal } = setUp({
      repository: answering({ refused: 'it is too large' }),
    });
    expect(await storeActivities(recordsOf(sampleActivity()), signal)).toEqual({
      ...none,
      dead_lettered: 1,
    });
    expect([...store.letters.values()]).toMatchObject([{ code: 'refused', reason: 'it is too large' }]);
  });

  test('a missing outcome is a bug that must not be committed', async () => {
    const { storeActivities, signal } = setUp({ repository: answering('stored') });
    await expect(storeActivities(recordsOf(sampleActivity(), sampleActivity()), signal)).rejects.toThrow(
      'R4',
    );
  });
});

test('a mixed batch is handled completely, and its tally adds up', async () => {
  const { store, storeActivities, signal } = setUp();
  const first = sampleActivity({ id: 'a' });
  const again = sampleActivity({ id: 'a', receivedAt: '2026-03-03T00:00:00Z' });
  const other = sampleActivity({ id: 'a', type: 'LOGOUT' });
  const tally = await storeActivities(
    recordsOf(first, 'unreadable', first, again, other, 'unreadable', sampleActivity({ id: 'b' })),
    signal,
  );
  expect(tally).toEqual({
    stored: 2,
    redelivered: 1,
    duplicate: 1,
    conflict: 1,
    erased: 0,
    dead_lettered: 2,
  });
  expect([...store.letters.values()].map(({ origin, code }) => [origin.offset, code])).toEqual([
    [1, 'unreadable'],
    [5, 'unreadable'],
    [4, 'conflict'],
  ]);
  expect([...store.activities.keys()]).toEqual(['a', 'b']);
});

test('a batch of unreadable records does not use the store', async () => {
  const { storeActivities, signal } = setUp({
    repository: { ...answering(), save: () => Promise.reject(new Error('must not be asked')) },
  });
  expect(await storeActivities(recordsOf('unreadable'), signal)).toEqual({ ...none, dead_lettered: 1 });
});

describe('in an outage', () => {
  /** A dependency that works again after this number of pauses. */
  function outageOf(pauses: number) {
    const store = new MemoryStore();
    store.reachable = false;
    const told: number[] = [];
    const deps = setUp({
      repository: new MemoryActivityRepository(store),
      deadLetterQueue: new MemoryDeadLetterQueue(store),
      pause: async (failures) => {
        told.push(failures);
        if (failures === pauses) store.reachable = true;
      },
    });
    return { ...deps, store, pauses: told };
  }

  test('a store outage is retried until it ends, and no record is dead-lettered', async () => {
    const { store, told, pauses, storeActivities, signal } = outageOf(3);
    expect(await storeActivities(recordsOf(sampleActivity()), signal)).toEqual({ ...none, stored: 1 });
    expect(pauses).toEqual([1, 2, 3]);
    expect(told).toEqual(['failed 1', 'failed 2', 'failed 3', 'recovered 3']);
    expect(store.letters.size).toBe(0);
  });

  test('an outage of the dead letter queue is retried until it ends', async () => {
    const { store, pauses, storeActivities, signal } = outageOf(2);
    expect(await storeActivities(recordsOf('unreadable'), signal)).toEqual({ ...none, dead_lettered: 1 });
    expect(pauses).toEqual([1, 2]);
    expect(store.letters.size).toBe(1);
  });

  test('any unexpected error counts as an outage, because no record may be skipped', async () => {
    let failures = 0;
    const { storeActivities, signal } = setUp({
      repository: {
        ...answering(),
        async save() {
          failures += 1;
          if (failures < 3) throw new TypeError('unexpected');
          return ['stored'];
        },
      },
    });
    expect(await storeActivities(recordsOf(sampleActivity()), signal)).toEqual({ ...none, stored: 1 });
  });

  test('a cancelled batch rejects, so that nothing is committed', async () => {
    const store = new MemoryStore();
    store.reachable = false;
    const aborting = new AbortController();
    const { storeActivities } = setUp({
      repository: new MemoryActivityRepository(store),
      pause: async () => aborting.abort(),
    });
    await expect(storeActivities(recordsOf(sampleActivity()), aborting.signal)).rejects.toBeInstanceOf(
      DomainError,
    );
    expect(store.activities.size).toBe(0);
  });

  test('if the signal is already aborted, no attempt is made', async () => {
    const { store, aborting, storeActivities, signal } = setUp();
    aborting.abort();
    await expect(storeActivities(recordsOf(sampleActivity()), signal)).rejects.toBeInstanceOf(DomainError);
    expect(store.activities.size).toBe(0);
  });

  test('an attempt that hangs is abandoned after the cancellation and the grace period', async () => {
    const grace = Promise.withResolvers<void>();
    const { aborting, storeActivities, signal } = setUp({
      repository: { ...answering(), save: () => Promise.withResolvers<never>().promise },
      grace: () => grace.promise,
    });
    const storing = storeActivities(recordsOf(sampleActivity()), signal);
    aborting.abort();
    grace.resolve();
    await expect(storing).rejects.toBeInstanceOf(DomainError);
  });

  test('an attempt that ends within the grace period counts', async () => {
    const saved = Promise.withResolvers<readonly SaveOutcome[]>();
    const { aborting, storeActivities, signal } = setUp({
      repository: { ...answering(), save: () => saved.promise },
      grace: () => Promise.withResolvers<never>().promise,
    });
    const storing = storeActivities(recordsOf(sampleActivity()), signal);
    aborting.abort();
    saved.resolve(['stored']);
    expect(await storing).toEqual({ ...none, stored: 1 });
  });

  test('no listener stays on the signal, which may live as long as the process', async () => {
    const { storeActivities, signal } = setUp();
    await storeActivities(recordsOf(sampleActivity()), signal);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('the settled offset', () => {
  test('rises to the end of the batch, before the use case resolves', async () => {
    const { store, storeActivities, signal } = setUp();
    await storeActivities(recordsOf(sampleActivity(), 'unreadable', sampleActivity()), signal);
    expect([...store.settled.values()]).toEqual([[3]]);
    await storeActivities(recordsOf(sampleActivity()), signal, { partition: 0, from: 3, to: 9 });
    expect([...store.settled.values()]).toEqual([[9]]);
    expect([...store.origins.values()].map(({ offset }) => offset)).toEqual([0, 2, 0]);
  });

  test('rises only after dead letters were added', async () => {
    const order: string[] = [];
    const { storeActivities, signal } = setUp({
      deadLetterQueue: {
        add: async () => {
          order.push('letters');
        },
      },
      settledOffsets: {
        settle: async () => {
          order.push('settled');
          return true;
        },
      },
    });
    await storeActivities(recordsOf('unreadable'), signal);
    expect(order).toEqual(['letters', 'settled']);
  });

  test('is tried again while the store is down', async () => {
    let failures = 0;
    const { told, storeActivities, signal } = setUp({
      settledOffsets: {
        async settle() {
          failures += 1;
          if (failures < 3) throw new DomainError('STORE_UNAVAILABLE', 'down');
          return true;
        },
      },
    });
    await storeActivities(recordsOf(sampleActivity()), signal);
    expect(told).toEqual(['failed 1', 'pause 1', 'failed 2', 'pause 2', 'recovered 2']);
  });

  test('makes the use case reject if it is below the first offset of the batch', async () => {
    const { store, storeActivities, signal } = setUp();
    await expect(
      storeActivities(recordsOf(sampleActivity()), signal, { partition: 0, from: 5, to: 6 }),
    ).rejects.toThrow('The store lacks records of partition 0 before offset 5: an older copy');
    expect([...store.settled.values()]).toEqual([[0]]);
  });

  test('does not change for an empty span, and rises over offsets without records', async () => {
    const { store, storeActivities, signal } = setUp();
    await storeActivities([], signal);
    expect([...store.settled.values()]).toEqual([[0]]);
    expect(await storeActivities([], signal, { partition: 0, from: 0, to: 4 })).toEqual(none);
    expect([...store.settled.values()]).toEqual([[4]]);
  });
});
