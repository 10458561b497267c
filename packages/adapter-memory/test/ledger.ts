import type { ErasureLedger } from '@user-activity/domain';
import type { ErasureLedgerSubject } from '@user-activity/port-contracts';
import { MemoryErasureLedger, MemoryStore } from '../src/index.ts';
import { memoryErasures } from './memory-subjects.ts';

/** Makes a ledger with some methods replaced. `overrides` runs once for each handle. */
export const ledger =
  (overrides: (sound: ErasureLedger, store: MemoryStore) => Partial<ErasureLedger>) =>
  async (): Promise<ErasureLedgerSubject> => {
    const store = new MemoryStore();
    const sound = new MemoryErasureLedger(store);
    return {
      ...(await memoryErasures(store)),
      open: async () => ({
        announce: (erasure) => sound.announce(erasure),
        record: (erasure) => sound.record(erasure),
        find: (project, id) => sound.find(project, id),
        isEmpty: () => sound.isEmpty(),
        findByUsers: (users) => sound.findByUsers(users),
        findOpen: (limit, after) => sound.findOpen(limit, after),
        findAll: (limit, after) => sound.findAll(limit, after),
        keep: (erasure) => sound.keep(erasure),
        removeActivities: (removal) => sound.removeActivities(removal),
        removeLetters: (erasure, limit) => sound.removeLetters(erasure, limit),
        removeRecords: (records, ids) => sound.removeRecords(records, ids),
        finish: (id) => sound.finish(id),
        ...overrides(sound, store),
      }),
    };
  };
