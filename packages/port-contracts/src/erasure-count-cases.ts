import assert from 'node:assert/strict';
import {
  ErasureId,
  type ErasureLedger,
  LogId,
  type OpenErasure,
  ProjectId,
  type UserActivity,
  UserId,
} from '@user-activity/domain';
import { erasureLog, erasureOf, ledgerCases } from './erasure-ledger-subject.ts';
import { sampleActivity } from './samples.ts';

const replacement = UserId.parse('anon_1');

/** Makes an activity of `user-1`, and its origin: this offset on the partition that also has the erasures. */
const activityAt = (offset: number, fields: Parameters<typeof sampleActivity>[0] = {}) => {
  const activity = sampleActivity({ id: `at-${offset}`, ...fields });
  return { activity, origin: { log: erasureLog, partition: 0, offset } };
};

const removeAll = (ledger: ErasureLedger, erasure: OpenErasure, others?: { replacement: UserId }) =>
  ledger.removeActivities({ erasure, replacement: others?.replacement, after: undefined, limit: 100 });

const recordOf = ({ project, id, userId }: UserActivity, erasure: OpenErasure) => ({
  project,
  id,
  userId,
  erasure,
  replacement: undefined,
});

const progressOf = (ledger: ErasureLedger, id: string) => ledger.find(ProjectId.default, ErasureId.parse(id));

/** The promise E8 of a ledger: it counts what it removes. */
export const erasureCountCases = ledgerCases({
  E8: {
    async 'each removed activity is counted once, by a walk or by its record, even after `finish`'(
      ledger,
      repository,
    ) {
      const erasure = erasureOf();
      const { id } = erasure;
      const save = async (...offsets: readonly number[]) => {
        const placed = offsets.map((offset) => activityAt(offset));
        await repository.save(
          placed.map(({ activity }) => activity),
          placed.map(({ origin }) => origin),
        );
        return placed.map(({ activity }) => recordOf(activity, erasure));
      };
      await ledger.record(erasure);
      await save(1, 2, 200);
      for (let time = 0; time < 2; time += 1) {
        await removeAll(ledger, erasure);
        assert.deepEqual(await progressOf(ledger, id), { id, status: 'running', erased: 2 });
      }
      const records = await save(3, 4, 201);
      for (let time = 0; time < 2; time += 1) {
        await ledger.removeRecords(records, []);
        assert.deepEqual(await progressOf(ledger, id), { id, status: 'running', erased: 4 });
      }
      await ledger.finish(id);
      assert.deepEqual(await progressOf(ledger, id), { id, status: 'done', erased: 4 });
      await ledger.removeRecords(await save(5), []);
      assert.deepEqual(await progressOf(ledger, id), { id, status: 'done', erased: 5 });
    },
    async 'each anonymised activity is counted once'(ledger, repository) {
      const erasure = erasureOf({ mode: 'anonymise' });
      await ledger.record(erasure);
      const [first, second] = [activityAt(1), activityAt(2)];
      await repository.save([first.activity], [first.origin]);
      await removeAll(ledger, erasure, { replacement });
      await repository.save([second.activity], [second.origin]);
      await ledger.removeRecords([{ ...recordOf(second.activity, erasure), replacement }], []);
      await removeAll(ledger, erasure, { replacement });
      assert.equal((await progressOf(ledger, erasure.id))?.erased, 2);
    },
    async 'an activity that several erasures cover is counted only for the first of them'(
      ledger,
      repository,
    ) {
      const first = erasureOf({ id: 'first', offset: 10 });
      const second = erasureOf({ id: 'second', offset: 20, second: 1 });
      const elsewhere = { log: LogId.parse('older'), partition: 3, offset: 1 };
      const other = erasureOf({ id: 'other', userId: 'user-2', second: 2 });
      for (const erasure of [first, second, other]) await ledger.record(erasure);
      const placed = [1, 2, 11].map((offset) => activityAt(offset));
      const foreign = sampleActivity({ id: 'foreign', userId: 'user-2' });
      await repository.save(
        [...placed.map(({ activity }) => activity), foreign],
        [...placed.map(({ origin }) => origin), elsewhere],
      );
      const records = [first, second].flatMap((erasure) =>
        placed.map(({ activity }) => recordOf(activity, erasure)),
      );
      await ledger.removeRecords([...records, recordOf(foreign, other)], []);
      for (const [erasure, erased] of [
        [first, 2],
        [second, 1],
        [other, 1],
      ] as const)
        assert.equal((await progressOf(ledger, erasure.id))?.erased, erased, erasure.id);
    },
  },
});
