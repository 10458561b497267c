import type { ErasureId } from '@user-activity/domain';
import type { ErasureLedgerSubject } from '@user-activity/port-contracts';
import type { MemoryStore } from '../src/index.ts';
import type { Broken } from './broken.ts';
import { ledger } from './ledger.ts';

type Entry = MemoryStore['userErasures'] extends Map<ErasureId, infer Value> ? Value : never;

/** Changes the numbers of all erasures after each removal. */
const recounting = (
  recount: (entry: Entry, before: number, id: ErasureId) => number,
  methods: readonly ('removeActivities' | 'removeRecords')[] = ['removeActivities', 'removeRecords'],
) =>
  ledger((sound, { userErasures }) => {
    const counting = async <Result>(remove: () => Promise<Result>): Promise<Result> => {
      const before = new Map([...userErasures].map(([id, { erased }]) => [id, erased]));
      const result = await remove();
      for (const [id, entry] of userErasures) entry.erased = recount(entry, before.get(id) ?? 0, id);
      return result;
    };
    const changed: Partial<typeof sound> = {
      removeActivities: (removal) => counting(() => sound.removeActivities(removal)),
      removeRecords: (records, ids) => counting(() => sound.removeRecords(records, ids)),
    };
    return Object.fromEntries(methods.map((method) => [method, changed[method]]));
  });

/** Ledgers that count wrongly what they remove. */
export const brokenErasureCounts: Broken<ErasureLedgerSubject> = [
  ['E8', 'does not count what `removeRecords` removes', recounting((_, before) => before, ['removeRecords'])],
  [
    'E8',
    'does not count what `removeActivities` removes',
    recounting((_, before) => before, ['removeActivities']),
  ],
  [
    'E8',
    'replaces the count instead of adding to it',
    recounting((entry, before) => (entry.erased > before ? entry.erased - before : entry.erased)),
  ],
  [
    'E8',
    'does not count removals after the erasure is done',
    recounting((entry, before) => (entry.userId === undefined ? before : entry.erased)),
  ],
  [
    'E8',
    'adds removals to the counts of all erasures',
    ledger((sound, { userErasures }) => ({
      async removeRecords(records, ids) {
        await sound.removeRecords(records, ids);
        const most = Math.max(...[...userErasures.values()].map(({ erased }) => erased));
        for (const entry of userErasures.values()) entry.erased = most;
      },
    })),
  ],
  [
    'E8',
    'counts records instead of activities',
    ledger((sound, { userErasures }) => ({
      async removeRecords(records, ids) {
        await sound.removeRecords(records, ids);
        for (const [id, entry] of userErasures)
          entry.erased = Math.max(entry.erased, records.filter(({ erasure }) => erasure.id === id).length);
      },
    })),
  ],
  [
    'E8',
    'does not count anonymised activities',
    recounting((entry, before) => (entry.recorded?.mode === 'anonymise' ? before : entry.erased)),
  ],
  [
    'E8',
    'sets the count to 0 when the erasure is done',
    ledger((sound, { userErasures }) => ({
      async finish(id) {
        await sound.finish(id);
        const entry = userErasures.get(id);
        if (entry !== undefined) entry.erased = 0;
      },
    })),
  ],
];
