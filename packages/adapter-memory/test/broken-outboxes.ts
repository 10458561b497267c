import { setImmediate as nextTurn } from 'node:timers/promises';
import { maxOutboxEntries, type Outbox, type Timestamp, UserActivity } from '@user-activity/domain';
import type { OutboxSubject } from '@user-activity/port-contracts';
import { MemoryOutbox, MemoryStore } from '../src/index.ts';
import type { Broken } from './broken.ts';
import { memoryOutbox } from './memory-subjects.ts';

/** Makes an outbox with some methods replaced. */
const outbox =
  (overrides: (sound: Outbox, store: MemoryStore) => Partial<Outbox>) => async (): Promise<OutboxSubject> => {
    const store = new MemoryStore();
    return {
      ...(await memoryOutbox(store)),
      async open() {
        const sound = new MemoryOutbox(store);
        return {
          add: (activity, dueAt, max) => sound.add(activity, dueAt, max),
          settle: (activity) => sound.settle(activity),
          withdraw: (id) => sound.withdraw(id),
          findReady: (now, limit) => sound.findReady(now, limit),
          remove: (ids) => sound.remove(ids),
          ...overrides(sound, store),
        };
      },
    };
  };

/** Returns the event as if it was created and received at the time of a call. */
const receivedAtCall = (
  { project, id, userId, type, metadata }: UserActivity,
  now: Timestamp,
): UserActivity =>
  UserActivity.rehydrate({ project, id, userId, type, metadata, createdAt: now, receivedAt: now });

export const brokenOutboxes: Broken<OutboxSubject> = [
  [
    'O1',
    'keeps entries only in the handle that added them',
    outbox(() => {
      const own = new MemoryOutbox();
      return {
        add: (activity, dueAt, max) => own.add(activity, dueAt, max),
        settle: (activity) => own.settle(activity),
      };
    }),
  ],
  [
    'O1',
    'keeps the time of the call instead of the time of the event',
    outbox((sound) => ({
      findReady: async (now, limit) =>
        (await sound.findReady(now, limit)).map((activity) => receivedAtCall(activity, now)),
    })),
  ],
  [
    'O2',
    'returns pending entries at once',
    outbox((sound, store) => ({
      async findReady(now, limit) {
        for (const entry of store.outbox.values()) entry.dueAt = undefined;
        return sound.findReady(now, limit);
      },
    })),
  ],
  [
    'O3',
    'lets concurrent calls settle the same entry',
    outbox((_, store) => ({
      async settle(activity) {
        const isPending = store.outbox.get(activity.id)?.dueAt !== undefined;
        await nextTurn();
        if (!isPending) return 'late';
        store.outbox.set(activity.id, { activity, dueAt: undefined });
        return 'settled';
      },
    })),
  ],
  [
    'O3',
    'adds the entry if it is missing when it is settled',
    outbox((sound, store) => ({
      async settle(activity) {
        if (store.outbox.has(activity.id)) return sound.settle(activity);
        store.outbox.set(activity.id, { activity, dueAt: undefined });
        return 'late';
      },
    })),
  ],
  [
    'O4',
    'settles an entry that was returned when it was due',
    outbox((sound, store) => ({
      async settle(activity) {
        if (!store.outbox.has(activity.id)) return sound.settle(activity);
        store.outbox.set(activity.id, { activity, dueAt: undefined });
        return 'settled';
      },
    })),
  ],
  [
    'O4',
    'keeps pending entries pending',
    outbox((sound, store) => ({
      findReady: async (now, limit) =>
        [...store.outbox.values()].some(({ dueAt }) => dueAt !== undefined)
          ? []
          : sound.findReady(now, limit),
    })),
  ],
  ['O5', 'withdraws nothing', outbox(() => ({ withdraw: async () => undefined }))],
  ['O5', 'withdraws a ready entry', outbox((sound) => ({ withdraw: (id) => sound.remove([id]) }))],
  [
    'O6',
    'returns entries in the order in which they were added',
    outbox((sound, store) => ({
      async findReady(now, limit) {
        await sound.findReady(now, limit);
        return [...store.outbox.values()]
          .filter(({ dueAt }) => dueAt === undefined)
          .map(({ activity }) => activity)
          .slice(0, limit);
      },
    })),
  ],
  [
    'O6',
    'returns more entries than the limit',
    outbox((sound) => ({ findReady: (now) => sound.findReady(now, 1_000_000) })),
  ],
  [
    'O7',
    'removes every entry up to the last id',
    outbox((sound, store) => ({
      async remove(ids) {
        const last = ids.at(-1);
        await sound.remove([...store.outbox.keys()].filter((id) => last !== undefined && id <= last));
      },
    })),
  ],
  [
    'O8',
    'adds entries without a limit',
    outbox((_, store) => ({
      async add(activity, dueAt) {
        store.outbox.set(activity.id, { activity, dueAt });
        return 'added';
      },
    })),
  ],
  [
    'O8',
    'uses its own limit instead of the passed one',
    outbox((sound) => ({ add: (activity, dueAt) => sound.add(activity, dueAt, maxOutboxEntries) })),
  ],
  [
    'O8',
    'removes the oldest entry to add a new one',
    outbox((sound, store) => ({
      async add(activity, dueAt, max) {
        const outcome = await sound.add(activity, dueAt, max);
        if (outcome === 'added') return outcome;
        const [oldest] = store.outbox.keys();
        if (oldest !== undefined) store.outbox.delete(oldest);
        return sound.add(activity, dueAt, max);
      },
    })),
  ],
  [
    'O9',
    'returns no entries during an outage',
    outbox((sound) => ({ findReady: (now, limit) => sound.findReady(now, limit).catch(() => []) })),
  ],
];
