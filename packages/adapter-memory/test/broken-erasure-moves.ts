import type { ErasureLedgerSubject } from '@user-activity/port-contracts';
import type { Broken } from './broken.ts';
import { ledger } from './ledger.ts';

/** Ledgers that list or keep erasures wrongly when these are moved to another store. */
export const brokenErasureMoves: Broken<ErasureLedgerSubject> = [
  [
    'E11',
    'does not list erasures that are done',
    ledger((sound) => ({
      findAll: async (limit, after) =>
        (await sound.findAll(1000, after)).filter(({ userId }) => userId !== undefined).slice(0, limit),
    })),
  ],
  [
    'E11',
    'repeats the last erasure of the previous page',
    ledger((sound) => ({
      findAll: async (limit, after) =>
        (await sound.findAll(1000))
          .filter(({ id }) => after === undefined || id >= after)
          .slice(0, limit + 1),
    })),
  ],
  ['E11', 'ignores the limit', ledger((sound) => ({ findAll: (_, after) => sound.findAll(1000, after) }))],
  [
    'E11',
    'ignores case when it sorts ids',
    ledger((sound) => ({
      findAll: async (limit, after) =>
        (await sound.findAll(1000))
          .toSorted((left, right) => left.id.localeCompare(right.id))
          .filter(({ id }) => after === undefined || id.localeCompare(after) > 0)
          .slice(0, limit),
    })),
  ],
  [
    'E11',
    'forgets the count of an erasure that it keeps',
    ledger((sound) => ({ keep: (erasure) => sound.keep({ ...erasure, erased: 0 }) })),
  ],
  [
    'E11',
    'keeps no erasures that are done',
    ledger((sound) => ({
      async keep({ userId, ...erasure }) {
        if (userId !== undefined) await sound.keep({ ...erasure, userId });
      },
    })),
  ],
  [
    'E11',
    'replaces a recorded erasure',
    ledger((sound, { userErasures }) => ({
      async keep(erasure) {
        userErasures.delete(erasure.id);
        await sound.keep(erasure);
      },
    })),
  ],
  [
    'E11',
    'does not keep an erasure that was announced',
    ledger((sound, { userErasures }) => ({
      async keep(erasure) {
        if (!userErasures.has(erasure.id)) await sound.keep(erasure);
      },
    })),
  ],
];
