import {
  FixedClock,
  MemoryActivityRepository,
  MemoryDeadLetterQueue,
  MemorySettledOffsets,
  MemoryStore,
} from '@user-activity/adapter-memory';
import { DomainError, emptyTally } from '@user-activity/domain';
import { sampleActivity } from '@user-activity/port-contracts';
import { expect, test } from 'vitest';
import { makeStoreActivities } from '../src/storing/store-activities.ts';
import { erasing } from './erasing.ts';
import { recordsOf, settling, spanOf } from './records.ts';

test.each(['settled offsets', 'dead letters'])(
  'a batch is saved again if its %s could not be written, because a copy may have replaced the store meanwhile',
  async (failing) => {
    const store = new MemoryStore();
    const { log, projects } = settling(store);
    const [offsets, queue] = [new MemorySettledOffsets(store), new MemoryDeadLetterQueue(store)];
    let isReplaced = false;
    /** Fails once. Afterwards the store is a copy that has settled as much, without the activity and the letter of the batch. */
    const replaceStore = (part: string): void => {
      if (isReplaced || part !== failing) return;
      isReplaced = true;
      store.activities.clear();
      store.letters.clear();
      throw new DomainError('STORE_UNAVAILABLE', 'down');
    };
    const storeActivities = makeStoreActivities({
      repository: new MemoryActivityRepository(store),
      deadLetterQueue: {
        async add(letters) {
          replaceStore('dead letters');
          await queue.add(letters);
        },
      },
      settledOffsets: {
        async settle(step) {
          replaceStore('settled offsets');
          return offsets.settle(step);
        },
      },
      log,
      isFirstLog: true,
      projects,
      ...erasing(store),
      clock: new FixedClock(),
      pause: async () => undefined,
      grace: async () => undefined,
      observer: { failed: () => undefined, recovered: () => undefined },
    });
    const records = recordsOf(sampleActivity(), 'unreadable');
    const tally = await storeActivities(records, new AbortController().signal, spanOf(records));
    expect(tally).toEqual({ ...emptyTally(), stored: 1, dead_lettered: 1 });
    expect([store.activities.size, store.letters.size]).toEqual([1, 1]);
    expect(store.settled.get(log)).toEqual([2]);
  },
);
