import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  FixedClock,
  MemoryActivityRepository,
  MemoryDeadLetterQueue,
  MemoryEventConsumer,
  MemoryEventPublisher,
  MemoryLog,
  MemoryProjectRepository,
  MemorySettledOffsets,
  MemoryStore,
} from '@user-activity/adapter-memory';
import {
  activityLogged,
  DomainError,
  LogId,
  LogMismatch,
  type PartitionProgress,
  type SettledStep,
  type UserActivity,
} from '@user-activity/domain';
import { sampleActivities, sampleActivity } from '@user-activity/port-contracts';
import { describe, expect, onTestFinished, test } from 'vitest';
import { makeBeginStoring, makeResumePartition, type ResumeDeps } from '../src/storing/resume-storing.ts';
import { makeStoreActivities } from '../src/storing/store-activities.ts';
import { erasing } from './erasing.ts';

const log = LogId.parse('log-1');

/** The two use cases, on a log with this progress. `events` records the calls of the observer. */
function setUp(partitions: readonly PartitionProgress[], change: Partial<ResumeDeps> = {}) {
  const store = new MemoryStore();
  const events: string[] = [];
  const settledOffsets = new MemorySettledOffsets(store);
  const deps: ResumeDeps = {
    settledOffsets,
    consumer: { progress: async () => partitions },
    log,
    acceptsGap: false,
    resumeObserver: {
      upgraded: () => events.push('upgraded'),
      rereading: (...details) => events.push(`rereading ${details.join()}`),
      skipped: (...details) => events.push(`skipped ${details.join()}`),
    },
    ...change,
  };
  const [beginStoring, resumePartition] = [makeBeginStoring(deps), makeResumePartition(deps)];
  return { store, events, settledOffsets, beginStoring, resumePartition };
}

/** A partition of a log that a group has handled up to `committed`. */
const partition = (
  number: number,
  offsets: Omit<PartitionProgress, 'partition' | 'isMarked'>,
): PartitionProgress => ({ partition: number, ...offsets, isMarked: false });

const two = [
  partition(1, { oldest: 20, committed: 25, end: 30 }),
  partition(0, { oldest: 3, committed: 5, end: 9 }),
];

describe('the first start', () => {
  test('an empty store begins at the oldest record of each partition', async () => {
    const { beginStoring, settledOffsets, events } = setUp(two);
    await beginStoring();
    expect(await settledOffsets.find(log)).toEqual([3, 20]);
    expect(events).toEqual([]);
  });

  test('a store that an older version filled begins at the committed offset of its group', async () => {
    const { store, beginStoring, settledOffsets, events } = setUp(two);
    await new MemoryActivityRepository(store).save([sampleActivity()]);
    await beginStoring();
    expect(await settledOffsets.find(log)).toEqual([5, 25]);
    expect(events).toEqual(['upgraded']);
  });

  test.each([0, 1])(
    'an untracked store begins at the oldest record of each partition if the commit of partition %i is marked',
    async (marked) => {
      const progress = two.map((each) => ({ ...each, isMarked: each.partition === marked }));
      const { store, beginStoring, settledOffsets, events } = setUp(progress);
      await new MemoryActivityRepository(store).save([sampleActivity()]);
      await beginStoring();
      expect(await settledOffsets.find(log)).toEqual([3, 20]);
      expect(events).toEqual([]);
    },
  );

  test('a second log of a store begins at its oldest record', async () => {
    const { store, beginStoring, settledOffsets } = setUp(two);
    await new MemoryActivityRepository(store).save([sampleActivity()]);
    await settledOffsets.begin(LogId.parse('other'), [7]);
    await beginStoring();
    expect(await settledOffsets.find(log)).toEqual([3, 20]);
  });

  test('a later start changes nothing', async () => {
    const { beginStoring, settledOffsets } = setUp(two);
    await settledOffsets.begin(log, [8, 21]);
    await beginStoring();
    expect(await settledOffsets.find(log)).toEqual([8, 21]);
  });
});

describe('a log whose oldest record is above the settled offset, or whose end is below it', () => {
  test('is refused if records were deleted, with the number of missing offsets and the remedy', async () => {
    const { beginStoring, settledOffsets } = setUp(two);
    await settledOffsets.begin(log, [3, 13]);
    const beginning = beginStoring();
    await expect(beginning).rejects.toBeInstanceOf(LogMismatch);
    await expect(beginning).rejects.toThrow(
      /^7 offsets are missing: 13 to 19 of partition 1\. .*ACCEPT_GAP=true/u,
    );
    expect(await settledOffsets.find(log)).toEqual([3, 13]);
  });

  test('is refused with the sum of all its gaps, and at most ten are listed', async () => {
    const many = Array.from({ length: 12 }, (_, number) =>
      partition(number, { oldest: 10, committed: 10, end: 10 }),
    );
    const { beginStoring, settledOffsets } = setUp(many);
    await settledOffsets.begin(
      log,
      many.map(() => 4),
    );
    await expect(beginStoring()).rejects.toThrow(
      /^72 offsets are missing: 4 to 9 of partition 0, .* of partition 9 and of 2 other partitions\./u,
    );
  });

  test('is accepted once if the operator accepts the gap', async () => {
    const { beginStoring, settledOffsets, events } = setUp(two, { acceptsGap: true });
    await settledOffsets.begin(log, [3, 13]);
    await beginStoring();
    await beginStoring();
    expect(await settledOffsets.find(log)).toEqual([3, 20]);
    expect(events).toEqual(['skipped 1,7']);
  });

  test.each([false, true])(
    'is refused if it ends before the settled offset (gap accepted: %s)',
    async (acceptsGap) => {
      const { beginStoring, resumePartition, settledOffsets } = setUp(two, { acceptsGap });
      await settledOffsets.begin(log, [10, 25]);
      await expect(beginStoring()).rejects.toThrow(
        /^Partition 0 of the log ends at offset 9, .* up to offset 10\./u,
      );
      await expect(resumePartition(0, 9)).rejects.toBeInstanceOf(LogMismatch);
    },
  );

  test('is accepted if it begins or ends exactly at the settled offset', async () => {
    const { beginStoring, settledOffsets } = setUp(two);
    await settledOffsets.begin(log, [9, 20]);
    await expect(beginStoring()).resolves.toBeUndefined();
  });

  test('is refused if its number of partitions has changed', async () => {
    const { beginStoring, settledOffsets } = setUp(two);
    await settledOffsets.begin(log, [3]);
    const beginning = beginStoring();
    await expect(beginning).rejects.toBeInstanceOf(LogMismatch);
    await expect(beginning).rejects.toThrow(
      /^The store has no offset for partition 1: .* Restart this process/u,
    );
  });
});

describe('a member continues', () => {
  test.each([
    [5, 5, []],
    [4, 4, ['rereading 0,4,5']],
    [8, 5, []],
  ])('with %i settled and 5 committed at offset %i', async (settled, expected, told) => {
    const { resumePartition, settledOffsets, events } = setUp(two);
    await settledOffsets.begin(log, [settled, 25]);
    expect(await resumePartition(0, 5)).toBe(expected);
    expect(events).toEqual(told);
  });

  test('after an accepted gap, at the oldest record', async () => {
    const { resumePartition, settledOffsets, events } = setUp(two, { acceptsGap: true });
    await settledOffsets.begin(log, [3, 13]);
    expect(await resumePartition(1, 25)).toBe(20);
    expect(events).toEqual(['skipped 1,7', 'rereading 1,20,25']);
  });

  test('only if the store knows the log: an emptied store needs a new start', async () => {
    const { resumePartition } = setUp(two);
    await expect(resumePartition(0, 5)).rejects.toBeInstanceOf(LogMismatch);
  });

  test('only in a partition that it was assigned, and while the store answers', async () => {
    const { store, resumePartition, settledOffsets } = setUp(two);
    await settledOffsets.begin(log, [3, 20, 0]);
    await expect(resumePartition(2, 5)).rejects.toBeInstanceOf(DomainError);
    store.reachable = false;
    await expect(resumePartition(0, 5)).rejects.toBeInstanceOf(DomainError);
  });
});

describe('a store that an older copy replaces', () => {
  /** A consumer that stores a log in memory. */
  async function storing(beforeSettling: (step: SettledStep, store: MemoryStore) => void = () => undefined) {
    const failures: unknown[] = [];
    const memory = new MemoryLog({ partitions: 1 });
    const consumer = new MemoryEventConsumer(memory);
    const { store, events, settledOffsets, beginStoring, resumePartition } = setUp([], { consumer });
    const storeActivities = makeStoreActivities({
      repository: new MemoryActivityRepository(store),
      projects: new MemoryProjectRepository(store),
      ...erasing(store),
      deadLetterQueue: new MemoryDeadLetterQueue(store),
      settledOffsets: {
        async settle(step) {
          beforeSettling(step, store);
          return settledOffsets.settle(step);
        },
      },
      log,
      isFirstLog: true,
      clock: new FixedClock(),
      pause: () => nextTurn(),
      grace: async () => undefined,
      observer: { failed: (error) => failures.push(error), recovered: () => undefined },
    });
    await beginStoring();
    await consumer.start(storeActivities, resumePartition);
    onTestFinished(() => consumer.stop());
    const publisher = new MemoryEventPublisher(memory);
    const publish = (activities: readonly UserActivity[]) =>
      publisher.publish(activities.map(activityLogged));
    const settled = (offset: number) => expect.poll(() => store.settled.get(log)).toEqual([offset]);
    return { store, events, failures, consumer, publish, settled };
  }

  test('catches up by itself at the next batch, and lacks nothing then', async () => {
    const { store, events, publish, settled } = await storing();
    await publish(sampleActivities(30));
    await settled(30);
    const backup = [...store.activities.entries()].slice(0, 10);
    await publish(sampleActivities(30));
    await settled(60);
    store.activities.clear();
    for (const [key, activity] of backup) store.activities.set(key, activity);
    store.settled.set(log, [10]);
    await publish(sampleActivities(5));
    await settled(65);
    expect(store.activities.size).toBe(65);
    expect(events).toEqual(['rereading 0,10,60']);
  });

  test('lacks nothing if it is replaced after a batch was saved and before the batch is settled', async () => {
    let outages = 0;
    const { store, publish, settled } = await storing(({ from, to }, { activities }) => {
      if (to === from || outages > 0) return;
      outages += 1;
      activities.clear();
      throw new DomainError('STORE_UNAVAILABLE', 'The store is out of reach.');
    });
    await publish(sampleActivities(20));
    await settled(20);
    expect(outages).toBe(1);
    expect(store.activities.size).toBe(20);
  });

  test('gets no later activity before the earlier ones, if a batch waits for the store meanwhile', async () => {
    const { store, failures, publish, settled } = await storing();
    await publish(sampleActivities(10));
    await settled(10);
    const backup = [...store.activities.entries()];
    const [first, later] = [sampleActivities(10), sampleActivities(10)];
    await publish(first);
    await settled(20);
    store.reachable = false;
    await publish(later);
    await expect.poll(() => failures.length).toBeGreaterThan(0);
    store.activities.clear();
    for (const [key, activity] of backup) store.activities.set(key, activity);
    store.settled.set(log, [10]);
    store.reachable = true;
    await settled(30);
    const ids = [...store.activities.values()].slice(10).map(({ id }) => id);
    expect(ids).toEqual([...first, ...later].map(({ id }) => id));
  });

  test('ends the consumer if the copy does not know the log', async () => {
    const { store, consumer, publish, settled } = await storing();
    await publish(sampleActivities(3));
    await settled(3);
    store.settled.clear();
    await publish(sampleActivities(3));
    await expect(consumer.ended).rejects.toBeInstanceOf(LogMismatch);
    expect(store.settled.size).toBe(0);
  });
});
