import assert from 'node:assert/strict';
import {
  ActivityQuery,
  ErasureId,
  type ErasureLedger,
  type OpenErasure,
  ProjectId,
  UserId,
} from '@user-activity/domain';
import { digestOf, erasureOf, ledgerCases } from './erasure-ledger-subject.ts';
import { erasureCountCases } from './erasure-count-cases.ts';
import { erasureMoveCases } from './erasure-move-cases.ts';
import { erasureRemovalCases } from './erasure-removal-cases.ts';
import { assertEachRejects } from './rejections.ts';
import { sampleActivities } from './samples.ts';
import { filterOf } from './walk.ts';

const shop = ProjectId.parse('shop');
const id = ErasureId.parse('erasure-1');

const statusOf = async (ledger: ErasureLedger, erasureId = id, project = ProjectId.default) =>
  (await ledger.find(project, erasureId))?.status;

/** The promises of every `ErasureLedger`, by the numbers in its doc comment. */
export const erasureLedgerContract = [
  ...ledgerCases({
    E1: {
      async 'a recorded erasure comes back from a new handle, equal in every part'(ledger, _, subject) {
        const erasure = erasureOf({ project: shop, mode: 'anonymise', offset: 2 ** 53 - 1, partition: 7 });
        await ledger.record(erasure);
        const later = await subject.open();
        assert.deepEqual(await later.findOpen(10), [erasure]);
        const { userId: _user, ...recorded } = erasure;
        assert.deepEqual(await later.findByUsers([erasure.user]), [{ ...recorded, isOpen: true }]);
        assert.deepEqual(await later.find(shop, id), { id, status: 'running', erased: 0 });
      },
      async 'an erasure that is recorded again keeps its first log position, even after it is finished'(
        ledger,
      ) {
        const [first, again] = [erasureOf({ offset: 5 }), erasureOf({ offset: 9, userId: 'user-2' })];
        await ledger.record(first);
        await ledger.record(again);
        assert.deepEqual(await ledger.findOpen(10), [first]);
        await ledger.finish(id);
        await ledger.record(again);
        assert.deepEqual(await ledger.findOpen(10), []);
        assert.equal(await statusOf(ledger), 'done');
        const [found] = await ledger.findByUsers([first.user]);
        assert.deepEqual(found?.place, first.place);
        assert.deepEqual(await ledger.findByUsers([again.user]), []);
      },
    },
    E2: {
      async 'an announced erasure has the status `accepted` until it is recorded'(ledger) {
        const erasure = erasureOf();
        assert.equal(await statusOf(ledger), undefined);
        await ledger.announce(erasure);
        assert.equal(await statusOf(ledger), 'accepted');
        assert.deepEqual(await ledger.findOpen(10), []);
        assert.equal(await ledger.isEmpty(), true);
        await ledger.record(erasure);
        assert.equal(await statusOf(ledger), 'running');
        assert.deepEqual(await ledger.findOpen(10), [erasure]);
      },
      async 'announcing an erasure while it is being recorded does not undo the recording'(
        ledger,
        _,
        subject,
      ) {
        const another = await subject.open();
        const erasures = Array.from({ length: 300 }, (__, index) => erasureOf({ id: `erasure-${index}` }));
        for (const erasure of erasures)
          await Promise.all([ledger.record(erasure), another.announce(erasure)]);
        const open = await ledger.findOpen(1000);
        assert.equal(open.length, erasures.length);
      },
      async 'announcing an erasure that was recorded before changes nothing'(ledger, repository) {
        const erasure = erasureOf();
        await ledger.record(erasure);
        await repository.save(sampleActivities(7));
        await ledger.removeActivities({ erasure, replacement: undefined, after: undefined, limit: 10 });
        const late = erasureOf({ project: shop, userId: 'user-2', mode: 'anonymise', second: 1 });
        for (const status of ['running', 'done'] as const) {
          for (const announced of [erasure, late]) await ledger.announce(announced);
          assert.deepEqual(await ledger.findOpen(10), status === 'running' ? [erasure] : []);
          assert.deepEqual(await ledger.find(ProjectId.default, id), { id, status, erased: 7 });
          await ledger.finish(id);
        }
        assert.equal(await statusOf(ledger, id, shop), undefined);
        assert.equal((await ledger.findByUsers([erasure.user])).length, 1);
      },
      async 'announcing the same erasure again changes nothing'(ledger) {
        await ledger.announce(erasureOf());
        await ledger.announce(erasureOf({ project: shop }));
        assert.equal(await statusOf(ledger), 'accepted');
        assert.equal(await statusOf(ledger, id, shop), undefined);
      },
    },
    E3: {
      async 'findByUsers returns the erasures of the given users in every project, and of no other user'(
        ledger,
      ) {
        assert.equal(await ledger.isEmpty(), true);
        const erasures = [
          erasureOf({ id: 'a' }),
          erasureOf({ id: 'b', project: shop }),
          erasureOf({ id: 'c', offset: 200 }),
          erasureOf({ id: 'd', userId: 'user-2' }),
        ];
        for (const erasure of erasures) await ledger.record(erasure);
        await ledger.finish(ErasureId.parse('a'));
        assert.equal(await ledger.isEmpty(), false);
        const found = await ledger.findByUsers([digestOf('user-1'), digestOf('nobody')]);
        assert.deepEqual(found.map((erasure) => `${erasure.id} ${erasure.isOpen}`).toSorted(), [
          'a false',
          'b true',
          'c true',
        ]);
        assert.deepEqual(await ledger.findByUsers([digestOf('User-1')]), []);
        assert.deepEqual(await ledger.findByUsers([]), []);
      },
      async 'findByUsers returns each erasure once, even if a user is given twice'(ledger) {
        const { user } = erasureOf();
        await ledger.record(erasureOf());
        assert.equal((await ledger.findByUsers([user, digestOf('user-2'), user])).length, 1);
      },
      async 'findByUsers shows at once what another handle has recorded or finished'(ledger, _, subject) {
        const [other, erasure] = [await subject.open(), erasureOf()];
        const states: unknown[] = [];
        const look = async () =>
          states.push([
            await other.isEmpty(),
            (await other.findByUsers([erasure.user])).map(({ isOpen }) => isOpen),
          ]);
        await look();
        await ledger.record(erasure);
        await look();
        await ledger.finish(id);
        await look();
        assert.deepEqual(states, [
          [true, []],
          [false, [true]],
          [false, [false]],
        ]);
      },
      async 'findByUsers takes 1,000 users in one call'(ledger) {
        const users = Array.from({ length: 1000 }, (_, index) => `user-${index}`);
        await ledger.record(erasureOf({ id: 'first', userId: 'user-0' }));
        await ledger.record(erasureOf({ id: 'last', userId: 'user-999' }));
        const found = await ledger.findByUsers(users.map(digestOf));
        assert.deepEqual(found.map((erasure) => erasure.id).toSorted(), ['first', 'last']);
      },
      async 'findOpen returns the erasures that are not done, oldest first, up to the limit'(ledger) {
        for (const [name, second] of [
          ['late', 3],
          ['early', 1],
          ['done', 0],
          ['middle', 2],
        ] as const)
          await ledger.record(erasureOf({ id: name, second }));
        await ledger.finish(ErasureId.parse('done'));
        const ids = async (limit: number) => (await ledger.findOpen(limit)).map((erasure) => erasure.id);
        assert.deepEqual(await ids(10), ['early', 'middle', 'late']);
        assert.deepEqual(await ids(1), ['early']);
      },
      async 'a walk with findOpen skips and repeats nothing, even if erasures were requested at the same time'(
        ledger,
      ) {
        const names = ['A', 'a', 'b', 'c', 'd'];
        for (const name of names.toReversed())
          await ledger.record(erasureOf({ id: name, second: name < 'b' ? 1 : 2 }));
        const found: string[] = [];
        for (let after: OpenErasure | undefined; ; ) {
          const page = await ledger.findOpen(2, after);
          found.push(...page.map((erasure) => erasure.id));
          if (page.length < 2) break;
          after = page.at(-1);
          // The next page begins after this erasure, even though it is finished by then.
          if (after?.id === ErasureId.parse('a')) await ledger.finish(after.id);
        }
        assert.deepEqual(found, names);
      },
    },
    E9: {
      async '`find` returns an erasure only in its own project'(ledger) {
        await ledger.announce(erasureOf({ project: shop }));
        assert.equal(await statusOf(ledger), undefined);
        assert.equal(await statusOf(ledger, id, shop), 'accepted');
        await ledger.record(erasureOf({ project: shop }));
        assert.equal(await statusOf(ledger), undefined);
      },
    },
    E10: {
      async 'calls reject while the store is unreachable, and work again afterwards'(
        ledger,
        repository,
        subject,
      ) {
        const erasure = erasureOf();
        await ledger.record(erasure);
        await repository.save(sampleActivities(2));
        const restore = await subject.interrupt();
        const codes = ['STORE_UNAVAILABLE', 'STORE_TIMEOUT'] as const;
        const replacement = UserId.parse('nobody');
        const removal = { erasure, replacement, after: undefined, limit: 10 };
        const [activity] = sampleActivities(1);
        assert.ok(activity !== undefined);
        const { project, id: activityId, userId } = activity;
        const record = { project, id: activityId, userId, erasure, replacement: undefined };
        await assertEachRejects(
          [
            () => ledger.announce(erasure),
            () => ledger.record(erasure),
            () => ledger.find(ProjectId.default, id),
            () => ledger.isEmpty(),
            () => ledger.findByUsers([erasure.user]),
            () => ledger.findOpen(1),
            () => ledger.findAll(1),
            () => ledger.keep({ ...erasure, erased: 1 }),
            () => ledger.removeActivities(removal),
            () => ledger.removeLetters(erasure, 10),
            () => ledger.removeRecords([record], []),
            () => ledger.finish(id),
          ],
          ...codes,
        );
        await restore();
        const { removed } = await ledger.removeActivities({ ...removal, replacement: undefined });
        assert.equal(removed, 2);
        await ledger.finish(id);
        const { activities } = await repository.find(ActivityQuery.of({ filter: filterOf() }));
        assert.deepEqual(activities, []);
      },
    },
  }),
  ...erasureRemovalCases,
  ...erasureCountCases,
  ...erasureMoveCases,
];
