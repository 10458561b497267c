import { setImmediate as nextTurn } from 'node:timers/promises';
import { LogId, type SettledOffsets } from '@user-activity/domain';
import type { SettledOffsetsSubject } from '@user-activity/port-contracts';
import { MemorySettledOffsets, MemoryStore } from '../src/index.ts';
import type { Broken } from './broken.ts';
import { memorySettledOffsets } from './memory-subjects.ts';

/** Makes settled offsets with some methods replaced. */
const settled =
  (overrides: (sound: SettledOffsets, store: MemoryStore) => Partial<SettledOffsets>) =>
  async (): Promise<SettledOffsetsSubject> => {
    const store = new MemoryStore();
    return {
      ...(await memorySettledOffsets(store)),
      async open() {
        const sound = new MemorySettledOffsets(store);
        return {
          history: () => sound.history(),
          begin: (log, offsets) => sound.begin(log, offsets),
          find: (log) => sound.find(log),
          settle: (step) => sound.settle(step),
          ...overrides(sound, store),
        };
      },
    };
  };

const single = LogId.parse('single');

export const brokenSettledOffsets: Broken<SettledOffsetsSubject> = [
  [
    'S1',
    'sets the latest offset, even a lower one',
    settled((sound, store) => ({
      async settle(step) {
        const isTaken = await sound.settle(step);
        const offsets = store.settled.get(step.log);
        if (isTaken && offsets !== undefined) offsets[step.partition] = step.to;
        return isTaken;
      },
    })),
  ],
  [
    'S1',
    'cuts offsets to 32 bits',
    settled((sound) => ({ settle: (step) => sound.settle({ ...step, to: step.to | 0 }) })),
  ],
  [
    'S2',
    'jumps over offsets that were not settled',
    settled((sound) => ({ settle: (step) => sound.settle({ ...step, from: 0 }) })),
  ],
  [
    'S2',
    'begins an unknown log when it is settled',
    settled((sound) => ({
      async settle(step) {
        await sound.begin(step.log, [step.from]);
        return sound.settle(step);
      },
    })),
  ],
  [
    'S3',
    'treats all logs as one log',
    settled((sound) => ({
      begin: (_, offsets) => sound.begin(single, offsets),
      find: () => sound.find(single),
      settle: (step) => sound.settle({ ...step, log: single }),
    })),
  ],
  [
    'S3',
    'treats all partitions as one partition',
    settled((sound) => ({ settle: (step) => sound.settle({ ...step, partition: 0, from: 0 }) })),
  ],
  [
    'S4',
    'replaces the offsets of a log that has begun',
    settled((_, store) => ({
      async begin(log, offsets) {
        store.settled.set(log, [...offsets]);
      },
    })),
  ],
  [
    'S4',
    'sets each offset on its own, in any order',
    settled((_, store) => ({
      async begin(log, offsets) {
        for (const index of offsets.keys()) {
          const partition = (index + (offsets[0] ?? 0)) % offsets.length;
          const kept = store.settled.get(log) ?? [];
          kept[partition] ??= offsets[partition] ?? 0;
          store.settled.set(log, kept);
          await nextTurn();
        }
      },
    })),
  ],
  [
    'S5',
    'keeps offsets only in one handle',
    settled(() => {
      const own = new MemorySettledOffsets();
      return {
        begin: (log, offsets) => own.begin(log, offsets),
        find: (log) => own.find(log),
        settle: (step) => own.settle(step),
      };
    }),
  ],
  [
    'S6',
    'lets concurrent steps lower an offset',
    settled((sound, store) => ({
      async settle({ log, partition, from, to }) {
        const offsets = store.settled.get(log);
        const known = offsets?.[partition];
        if (offsets === undefined || known === undefined) return sound.settle({ log, partition, from, to });
        await nextTurn();
        if (known < from) return false;
        // Reverses the order of concurrent calls, as a slow connection may.
        for (let round = to; round < 40; round += 1) await nextTurn();
        offsets[partition] = Math.max(known, to);
        return true;
      },
    })),
  ],
  [
    'S7',
    'treats a store with activities as empty',
    settled((sound) => ({
      history: async () => ((await sound.history()) === 'tracked' ? 'tracked' : 'empty'),
    })),
  ],
  [
    'S7',
    'treats a store that lost its settled offsets as one of an older version',
    settled((sound, store) => ({
      history: async () =>
        store.settled.size === 0 && store.activities.size > 0 ? 'untracked' : sound.history(),
    })),
  ],
  [
    'S7',
    'treats every store without activities as empty',
    settled((sound, store) => ({
      history: async () => (store.activities.size === 0 ? 'empty' : sound.history()),
    })),
  ],
  [
    'S8',
    'says that an offset is settled during an outage',
    settled((sound) => ({ settle: (step) => sound.settle(step).catch(() => true) })),
  ],
  [
    'S8',
    'says that the store is empty during an outage',
    settled((sound) => ({ history: () => sound.history().catch(() => 'empty' as const) })),
  ],
];
