import {
  type ErasureLedger,
  type OpenErasure,
  ProjectId,
  Timestamp,
  UserDigest,
} from '@user-activity/domain';
import type { ErasureLedgerSubject } from '@user-activity/port-contracts';
import { MemoryErasureLedger, MemoryStore } from '../src/index.ts';
import type { Broken } from './broken.ts';
import { ledger } from './ledger.ts';

const recording = (change: (erasure: OpenErasure) => OpenErasure) =>
  ledger((sound) => ({ record: (erasure) => sound.record(change(erasure)) }));

const finding = (
  change: (
    found: Awaited<ReturnType<ErasureLedger['findByUsers']>>,
    store: MemoryStore,
  ) => Awaited<ReturnType<ErasureLedger['findByUsers']>>,
) =>
  ledger((sound, store) => ({
    findByUsers: async (users) => change(await sound.findByUsers(users), store),
  }));

/** Ledgers that record, announce, find and count erasures wrongly. */
export const brokenLedgers: Broken<ErasureLedgerSubject> = [
  [
    'E1',
    'keeps erasures only in the handle that recorded them',
    ledger(() => {
      const own = new MemoryErasureLedger(new MemoryStore());
      return {
        record: (erasure) => own.record(erasure),
        find: (project, id) => own.find(project, id),
        findByUsers: (users) => own.findByUsers(users),
        findOpen: (limit, after) => own.findOpen(limit, after),
        findAll: (limit, after) => own.findAll(limit, after),
      };
    }),
  ],
  [
    'E1',
    'forgets the partition',
    recording((erasure) => ({ ...erasure, place: { ...erasure.place, partition: 0 } })),
  ],
  [
    'E1',
    'cuts offsets to 32 bits',
    recording((erasure) => ({ ...erasure, place: { ...erasure.place, offset: erasure.place.offset | 0 } })),
  ],
  ['E1', 'forgets the mode', recording((erasure) => ({ ...erasure, mode: 'erase' }))],
  [
    'E1',
    'cuts the time to seconds',
    recording((erasure) => ({
      ...erasure,
      requestedAt: Timestamp.fromMillis(Math.floor(erasure.requestedAt / 1000) * 1000),
    })),
  ],
  ['E1', 'forgets the topic', recording((erasure) => ({ ...erasure, topic: '' }))],
  [
    'E1',
    'replaces the position of an erasure that is recorded again',
    ledger((sound, store) => ({
      async record(erasure) {
        store.userErasures.delete(erasure.id);
        await sound.record(erasure);
      },
    })),
  ],
  [
    'E1',
    'reopens a finished erasure that is recorded again',
    ledger((sound, store) => ({
      async record(erasure) {
        await sound.record(erasure);
        const entry = store.userErasures.get(erasure.id);
        if (entry !== undefined) entry.userId = erasure.userId;
      },
    })),
  ],
  ['E2', 'keeps no announcements', ledger(() => ({ announce: async () => undefined }))],
  [
    'E2',
    'resets a recorded erasure when it is announced',
    ledger((_, { userErasures }) => ({
      announce: async ({ id, project }) => void userErasures.set(id, { project, erased: 0 }),
    })),
  ],
  [
    'E2',
    'resets the count when it is announced',
    ledger((sound, { userErasures }) => ({
      async announce(erasure) {
        await sound.announce(erasure);
        const entry = userErasures.get(erasure.id);
        if (entry !== undefined) entry.erased = 0;
      },
    })),
  ],
  [
    'E2',
    'moves an announced erasure to another project',
    ledger((_, { userErasures }) => ({
      announce: async ({ id, project }) =>
        void userErasures.set(id, { erased: 0, ...userErasures.get(id), project }),
    })),
  ],
  [
    'E2',
    'treats an announced erasure as recorded',
    ledger((_, { userErasures }) => ({ isEmpty: async () => userErasures.size === 0 })),
  ],
  [
    'E2',
    'does not record an erasure that was announced',
    ledger((sound, { userErasures }) => ({
      record: async (erasure) => (userErasures.has(erasure.id) ? undefined : sound.record(erasure)),
    })),
  ],
  ['E3', 'finds only open erasures', finding((found) => found.filter(({ isOpen }) => isOpen))],
  ['E3', 'calls every erasure open', finding((found) => found.map((each) => ({ ...each, isOpen: true })))],
  [
    'E3',
    'finds only erasures of the project default',
    finding((found) => found.filter(({ project }) => project === ProjectId.default)),
  ],
  [
    'E3',
    'finds only the latest erasure of each user',
    finding((found) => [...new Map(found.map((each) => [each.user, each])).values()]),
  ],
  [
    'E3',
    'repeats the erasures of a user that is named twice',
    ledger((sound) => ({
      findByUsers: async (users) =>
        (await Promise.all(users.map((user) => sound.findByUsers([user])))).flat(),
    })),
  ],
  [
    'E3',
    'ignores the case of digests',
    ledger((sound) => ({
      findByUsers: async (users) =>
        sound.findByUsers(
          users.map((user) => UserDigest.trusted(user.replace(/[A-Z]/gu, (letter) => letter.toLowerCase()))),
        ),
    })),
  ],
  [
    'E3',
    'looks up only the first 500 users',
    ledger((sound) => ({ findByUsers: (users) => sound.findByUsers(users.slice(0, 500)) })),
  ],
  [
    'E3',
    'says that it is empty once all erasures are done',
    ledger((sound) => ({ isEmpty: async () => (await sound.findOpen(1)).length === 0 })),
  ],
  [
    'E3',
    'says that it is empty after the first erasure too',
    ledger((sound) => {
      let first: Promise<boolean> | undefined;
      return { isEmpty: () => (first ??= sound.isEmpty()) };
    }),
  ],
  [
    'E3',
    'returns the same erasures for a user again, even if there are new ones',
    ledger((sound) => {
      const found = new Map<string, ReturnType<ErasureLedger['findByUsers']>>();
      return {
        findByUsers(users) {
          const known = found.get(users.join()) ?? sound.findByUsers(users);
          found.set(users.join(), known);
          return known;
        },
      };
    }),
  ],
  [
    'E3',
    'returns the newest open erasures first',
    ledger((sound) => ({
      findOpen: async (limit, after) => (await sound.findOpen(1000, after)).toReversed().slice(0, limit),
    })),
  ],
  ['E3', 'ignores the limit', ledger((sound) => ({ findOpen: (_, after) => sound.findOpen(1000, after) }))],
  [
    'E3',
    'repeats the last erasure of the previous page',
    ledger((sound) => ({
      findOpen: async (limit, after) =>
        (await sound.findOpen(1000))
          .filter(
            ({ requestedAt, id }) =>
              after === undefined ||
              requestedAt > after.requestedAt ||
              (requestedAt === after.requestedAt && id >= after.id),
          )
          .slice(0, limit),
    })),
  ],
  [
    'E3',
    'skips erasures with the same time as the last one of the previous page',
    ledger((sound) => ({
      findOpen: async (limit, after) =>
        (await sound.findOpen(1000))
          .filter(({ requestedAt }) => after === undefined || requestedAt > after.requestedAt)
          .slice(0, limit),
    })),
  ],
  ['E4', 'keeps the user id after the erasure is done', ledger(() => ({ finish: async () => undefined }))],
  [
    'E4',
    'finishes erasures only in its own handle',
    ledger((sound) => {
      const done = new Set<string>();
      return {
        finish: async (id) => void done.add(id),
        findOpen: async (limit, after) =>
          (await sound.findOpen(limit, after)).filter(({ id }) => !done.has(id)),
      };
    }),
  ],
  [
    'E4',
    'returns the user id with each erasure',
    async () => {
      const names = new Map<string, OpenErasure>();
      const naming = ledger((sound) => ({
        async record(erasure) {
          names.set(erasure.id, erasure);
          await sound.record(erasure);
        },
        findByUsers: async (users) =>
          (await sound.findByUsers(users)).map((each) => ({ ...names.get(each.id), ...each })),
      }));
      return naming();
    },
  ],
  [
    'E9',
    'finds an erasure by its id alone',
    ledger((sound, { userErasures }) => ({
      find: async (project, id) => sound.find(userErasures.get(id)?.project ?? project, id),
    })),
  ],
  [
    'E10',
    'finds no erasure during an outage',
    ledger((sound) => ({ findByUsers: (users) => sound.findByUsers(users).catch(() => []) })),
  ],
  [
    'E10',
    'says that it is empty during an outage',
    ledger((sound) => ({ isEmpty: () => sound.isEmpty().catch(() => true) })),
  ],
  [
    'E10',
    'records nothing during an outage, without an error',
    ledger((sound) => ({ record: (erasure) => sound.record(erasure).catch(() => undefined) })),
  ],
  [
    'E10',
    'removes nothing during an outage, without an error',
    ledger((sound) => ({
      removeRecords: (records, ids) => sound.removeRecords(records, ids).catch(() => undefined),
    })),
  ],
  [
    'E10',
    'rejects with errors of its driver',
    ledger((sound) => ({
      finish: (id) =>
        sound.finish(id).catch(() => {
          throw new TypeError('socket closed');
        }),
    })),
  ],
];
