import { ActivityKeyText } from '@user-activity/domain';
import type { ErasureLedgerSubject } from '@user-activity/port-contracts';
import type { Broken } from './broken.ts';
import { ledger } from './ledger.ts';
import { anyOffset, remove, type Rules, sound, withUser } from './removal-rules.ts';

/** Makes ledgers that remove the activities of records by changed rules. */
const removing = (change: Partial<Rules>) =>
  ledger((whole, store) => ({
    async removeRecords(records, ids) {
      for (const each of records) remove(store, { ...sound, ...change }, each, ActivityKeyText.of(each));
      await whole.removeRecords([], ids);
    },
  }));

/** Ledgers that remove the activities of records wrongly. */
export const brokenRecordRemovals: Broken<ErasureLedgerSubject> = [
  ['E7', 'removes the activity with the id even if it is of another user', removing({ belongs: () => true })],
  ['E7', 'also removes activities that the erasure does not cover', removing({ covers: () => true })],
  ['E7', 'compares the offsets of all logs and partitions', removing({ covers: anyOffset })],
  ['E7', 'anonymises, but keeps the metadata', removing({ anonymise: withUser })],
  [
    'E7',
    'removes instead of anonymising',
    ledger((whole) => ({
      removeRecords: (records, ids) =>
        whole.removeRecords(
          records.map((each) => ({ ...each, replacement: undefined })),
          ids,
        ),
    })),
  ],
  [
    'E7',
    'loses the origin of anonymised activities',
    removing({ afterwards: (key, { origins }) => void origins.delete(key) }),
  ],
  [
    'E7',
    'ignores the project',
    ledger((whole, { activities }) => ({
      removeRecords: (records, ids) =>
        whole.removeRecords(
          records.flatMap((each) =>
            [...activities.values()]
              .filter(({ id }) => id === each.id)
              .map(({ project }) => ({ ...each, project })),
          ),
          ids,
        ),
    })),
  ],
  [
    'E7',
    'does not remove the dead letters',
    ledger((whole) => ({ removeRecords: (records) => whole.removeRecords(records, []) })),
  ],
  [
    'E7',
    'applies the last of several erasures first',
    ledger((whole) => ({
      removeRecords: (records, ids) => whole.removeRecords(records.toReversed(), ids),
    })),
  ],
  [
    'E7',
    'uses one replacement for all users',
    ledger((whole) => ({
      removeRecords: (records, ids) => {
        const replacement = records.find((each) => each.replacement !== undefined)?.replacement;
        const changed = records.map((each) =>
          each.replacement === undefined ? each : { ...each, replacement },
        );
        return whole.removeRecords(changed, ids);
      },
    })),
  ],
  [
    'E7',
    'stops at the first id without an activity',
    ledger((whole, { activities }) => ({
      removeRecords: (records, ids) => {
        const gone = records.findIndex((each) => !activities.has(ActivityKeyText.of(each)));
        return whole.removeRecords(gone === -1 ? records : records.slice(0, gone), ids);
      },
    })),
  ],
  [
    'E7',
    'rejects if there is nothing to remove',
    ledger((whole, { letters }) => ({
      async removeRecords(records, ids) {
        if (!ids.every((id) => letters.has(id))) throw new Error('not found');
        await whole.removeRecords(records, ids);
      },
    })),
  ],
];
