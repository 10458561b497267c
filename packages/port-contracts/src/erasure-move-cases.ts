import assert from 'node:assert/strict';
import { ErasureId, type ErasureLedger, type KeptUserErasure, ProjectId } from '@user-activity/domain';
import { digestOf, erasureOf, ledgerCases } from './erasure-ledger-subject.ts';
import { sampleActivities } from './samples.ts';

/** Reads all erasures in pages of two. */
async function readAll(ledger: ErasureLedger): Promise<readonly KeptUserErasure[]> {
  const all: KeptUserErasure[] = [];
  for (;;) {
    const page = await ledger.findAll(2, all.at(-1)?.id);
    assert.ok(page.length <= 2);
    all.push(...page);
    assert.ok(all.length < 100, 'the walk does not end');
    if (page.length === 0) return all;
  }
}

/** Returns a copy of the erasure that has this id. */
const withId = (erasure: KeptUserErasure, id: string): KeptUserErasure => ({
  ...erasure,
  id: ErasureId.parse(id),
});

/** The promise E11 of a ledger: its erasures can be moved to another one. */
export const erasureMoveCases = ledgerCases({
  E11: {
    async 'findAll returns every recorded erasure in pages sorted by id, with its number of erased activities'(
      ledger,
      repository,
    ) {
      const project = ProjectId.parse('shop');
      const erasures = [
        erasureOf({ id: 'b', mode: 'anonymise', project, offset: 2 ** 53 - 1, partition: 7 }),
        erasureOf({ id: 'a', userId: 'user-2', second: 5 }),
        erasureOf({ id: 'B', userId: 'user-3' }),
        erasureOf({ id: '0', userId: 'user-4' }),
        erasureOf(),
      ];
      for (const erasure of erasures) await ledger.record(erasure);
      await ledger.announce(erasureOf({ id: 'announced' }));
      const [, done, , , last] = erasures;
      assert.ok(done !== undefined && last !== undefined);
      await repository.save(sampleActivities(3));
      await ledger.removeActivities({ erasure: last, replacement: undefined, after: undefined, limit: 10 });
      await ledger.finish(done.id);
      const expected = erasures
        .map((erasure) => ({
          ...erasure,
          userId: erasure === done ? undefined : erasure.userId,
          erased: erasure === last ? 3 : 0,
        }))
        .toSorted((left, right) => (left.id < right.id ? -1 : 1));
      assert.deepEqual(await readAll(ledger), expected);
    },
    async 'an erasure that `keep` has stored is found like one that `record` has stored'(ledger, _, subject) {
      const { userId, ...placed } = erasureOf({ id: 'open', mode: 'anonymise', offset: 5 });
      const open = { ...placed, userId, erased: 4 };
      const done = withId({ ...open, userId: undefined, erased: 1042 }, 'done');
      await ledger.announce(erasureOf({ id: 'open' }));
      for (const erasure of [open, done]) await ledger.keep(erasure);
      const later = await subject.open();
      assert.deepEqual(await readAll(later), [done, open]);
      assert.deepEqual(
        (await later.findOpen(10)).map(({ id }) => id),
        [open.id],
      );
      const found = await later.findByUsers([digestOf('user-1')]);
      assert.deepEqual(found.map(({ id, isOpen }) => `${id} ${isOpen}`).toSorted(), [
        'done false',
        'open true',
      ]);
      for (const { id, erased } of [open, done])
        assert.deepEqual(await later.find(ProjectId.default, id), {
          id,
          status: id === done.id ? 'done' : 'running',
          erased,
        });
    },
    async '`keep` changes no erasure that was recorded before'(ledger) {
      const erasure = erasureOf();
      await ledger.record(erasure);
      const kept = { ...erasure, erased: 0 };
      await ledger.keep({ ...kept, erased: 7, userId: undefined, mode: 'anonymise' });
      assert.deepEqual(await readAll(ledger), [kept]);
      await ledger.finish(erasure.id);
      await ledger.keep(kept);
      assert.deepEqual(await readAll(ledger), [{ ...kept, userId: undefined }]);
    },
  },
});
