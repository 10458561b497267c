import assert from 'node:assert/strict';
import {
  ActivityQuery,
  type ActivityRepository,
  compareErasures,
  DeadLetterId,
  DeadLetterFilter,
  DeadLetterQuery,
  edgeTopic,
  type ErasureLedger,
  LogId,
  type LogPosition,
  type OpenErasure,
  ProjectId,
  Timestamp,
  TimeRange,
  type UserActivity,
  UserId,
} from '@user-activity/domain';
import { erasureLog, erasureOf, ledgerCases } from './erasure-ledger-subject.ts';
import { letterOf } from './letters.ts';
import { idsOf, sampleActivities, sampleActivity, sampleTime } from './samples.ts';
import { filterOf } from './walk.ts';

const shop = ProjectId.parse('shop');
const replacement = UserId.parse('anon_1');

const at = (offset: number, partition = 0, log = erasureLog): LogPosition => ({ log, partition, offset });

/** Walks over all activities that an erasure may cover. Returns how many of them were removed or anonymised. */
async function removeAll(
  ledger: ErasureLedger,
  erasure: OpenErasure,
  options: { readonly replacement?: UserId; readonly limit?: number } = {},
): Promise<number> {
  const { limit = 1000 } = options;
  let total = 0;
  for (let after: Parameters<ErasureLedger['removeActivities']>[0]['after']; ; ) {
    const portion = { erasure, replacement: options.replacement, after, limit };
    const { removed, next } = await ledger.removeActivities(portion);
    assert.ok(removed <= limit);
    total += removed;
    if (next === undefined) return total;
    after = next;
  }
}

async function storedIds(repository: ActivityRepository, project = ProjectId.default): Promise<string[]> {
  const { activities } = await repository.find(
    ActivityQuery.of({ filter: filterOf({ project }), limit: 500 }),
  );
  return idsOf(activities).toSorted();
}

/**
 * Activities with their origin, and with the time at which they were received, in seconds after `sampleTime`. `covered` says whether an
 * erasure at offset 100 of partition 0, requested at `sampleTime`, covers them.
 */
const placed: readonly (readonly [
  id: string,
  origin: LogPosition | undefined,
  second: number,
  covered: boolean,
])[] = [
  ['below', at(99), 10, true],
  ['first', at(0), -10, true],
  ['above', at(101), -10, false],
  ['at-the-request', at(100), -10, false],
  ['without-a-place', undefined, 10, true],
  ['other-partition-earlier', at(500, 1), 0, true],
  ['other-partition-later', at(5, 1), 1, false],
  ['other-log-earlier', at(500, 0, LogId.parse('older')), 0, true],
  ['other-log-later', at(5, 0, LogId.parse('newer')), 1, false],
];

async function savePlaced(repository: ActivityRepository): Promise<void> {
  for (const [id, origin, second] of placed) {
    const activity = sampleActivity({ id, receivedAt: sampleTime + second * 1000 });
    await repository.save([activity], origin === undefined ? [] : [origin]);
  }
}

/** The promises of a ledger about what it removes, anonymises and keeps. */
export const erasureRemovalCases = ledgerCases({
  E4: {
    async 'after `finish`, the erasure is found by the digest of its user, but has no user id'(
      ledger,
      _,
      subject,
    ) {
      const erasure = erasureOf({ userId: 'somebody@example.com' });
      await ledger.record(erasure);
      await ledger.finish(erasure.id);
      const later = await subject.open();
      assert.deepEqual(await later.findOpen(10), []);
      const found = await later.findByUsers([erasure.user]);
      assert.equal(found.length, 1);
      assert.ok(!('userId' in (found[0] ?? {})));
    },
  },
  E5: {
    async 'removeActivities removes exactly the activities that the erasure covers'(ledger, repository) {
      await savePlaced(repository);
      const erasure = erasureOf();
      const covered = placed.filter(([, , , isCovered]) => isCovered);
      assert.equal(await removeAll(ledger, erasure), covered.length);
      const kept = placed.filter(([, , , isCovered]) => !isCovered).map(([id]) => id);
      assert.deepEqual(await storedIds(repository), kept.toSorted());
      assert.equal(await removeAll(ledger, erasure), 0);
    },
    async 'anonymised activities keep everything except their user and their metadata'(ledger, repository) {
      const activities = sampleActivities(3, { metadata: { name: 'Ann', 'a.b': { $set: 1 } } });
      await repository.save(activities, [at(1), at(2), at(200)]);
      assert.equal(await removeAll(ledger, erasureOf({ mode: 'anonymise' }), { replacement }), 2);
      const found = new Map((await repository.findByIds(activities)).map((each) => [each.id, each]));
      for (const [index, activity] of activities.entries()) {
        const each = found.get(activity.id);
        const expected = index < 2 ? activity.anonymised(replacement) : activity;
        assert.deepEqual(each?.toActivity(), expected);
        assert.deepEqual(each?.origin, at([1, 2, 200][index] ?? 0));
      }
      const filter = filterOf({ userIds: [replacement] });
      assert.equal(await repository.count(filter), 2);
      assert.equal(await removeAll(ledger, erasureOf({ mode: 'anonymise' }), { replacement }), 0);
    },
    async 'a walk in small portions removes all covered activities stored before it'(ledger, repository) {
      const activities = sampleActivities(250, { createdAt: sampleTime });
      const later = sampleActivities(20);
      await repository.save(
        [...activities, ...later],
        [...activities.map((_, index) => at(index % 100)), ...later.map((_, index) => at(101 + index))],
      );
      assert.equal(await removeAll(ledger, erasureOf(), { limit: 7 }), 250);
      assert.deepEqual(await storedIds(repository), idsOf(later).toSorted());
    },
    async 'a walk continues after portions in which no activity is covered'(ledger, repository) {
      const activities = sampleActivities(30);
      await repository.save(
        activities,
        activities.map((_, index) => at(index < 20 ? 101 + index : index)),
      );
      assert.equal(await removeAll(ledger, erasureOf(), { limit: 7 }), 10);
      assert.deepEqual(await storedIds(repository), idsOf(activities.slice(0, 20)).toSorted());
    },
  },
  E6: {
    async 'removeLetters removes exactly the dead letters that the erasure covers'(ledger, _, subject) {
      const queue = await subject.queue();
      const key = new TextEncoder().encode('user-1');
      const log = LogId.parse('newer');
      const letter = (offset: number, origin: object, second: number, more: object = {}) =>
        letterOf(offset, {
          key,
          origin: { topic: 'user-activity', partition: 0, offset, ...origin },
          diedAt: Timestamp.fromMillis(sampleTime + second * 1000),
          ...more,
        });
      const covered = [
        letter(99, {}, 10),
        letter(98, {}, 10, { project: ProjectId.system }),
        letter(3, { partition: 1 }, -1),
        letter(4, { log }, 0),
        letter(5, { topic: edgeTopic }, 0, { code: 'invalid' }),
      ];
      const kept = [
        letter(101, {}, -1),
        letter(102, {}, -1, { project: ProjectId.system }),
        letter(6, { partition: 1 }, 1),
        letter(7, { log }, 1),
        letter(8, { topic: edgeTopic }, 1, { code: 'invalid' }),
        ...['user-2', 'User-1', 'user-10', 'user-'].map((user, index) =>
          letter(12 + index, {}, -1, { key: new TextEncoder().encode(user) }),
        ),
        letter(10, {}, -1, { key: null }),
        letter(11, {}, -1, { project: shop }),
      ];
      await queue.add([...covered, ...kept]);
      assert.equal(await ledger.removeLetters(erasureOf(), 3), 3);
      assert.equal(await ledger.removeLetters(erasureOf(), 3), 2);
      assert.equal(await ledger.removeLetters(erasureOf(), 3), 0);
      const letters = await subject.letters();
      const found = [];
      for (const project of [ProjectId.default, shop, ProjectId.system]) {
        const filter = DeadLetterFilter.of({
          project,
          codes: [],
          diedAt: TimeRange.between(undefined, undefined),
        });
        found.push(...(await letters.find(DeadLetterQuery.of({ filter, limit: 500 }))).letters);
      }
      assert.deepEqual(
        found.map((each) => each.id).toSorted(),
        kept.map(({ origin }) => DeadLetterId.of(origin)).toSorted(),
      );
    },
  },
  E7: {
    async 'removeRecords removes exactly the activities with the given ids that the erasure of their user covers'(
      ledger,
      repository,
      subject,
    ) {
      await savePlaced(repository);
      const foreign = sampleActivity({ id: 'foreign', userId: 'user-2' });
      const elsewhere = sampleActivity({ id: 'below', project: shop });
      await repository.save([foreign, elsewhere], [at(1), at(2)]);
      const erasure = erasureOf();
      const gone = sampleActivity({ id: 'gone' });
      const records = [gone, ...placed.map(([id]) => sampleActivity({ id })), foreign].map(
        (activity: UserActivity) => ({
          project: activity.project,
          id: activity.id,
          userId: erasure.userId,
          erasure,
          replacement: undefined,
        }),
      );
      const queue = await subject.queue();
      const [due, other] = [letterOf(1), letterOf(2)];
      await queue.add([due, other]);
      const letterIds = [DeadLetterId.of(due.origin), DeadLetterId.of(letterOf(77).origin)];
      for (let time = 0; time < 2; time += 1) {
        await ledger.removeRecords(records, letterIds);
        const kept = placed.filter(([, , , isCovered]) => !isCovered).map(([id]) => id);
        assert.deepEqual(await storedIds(repository), ['foreign', ...kept].toSorted());
        assert.deepEqual(await storedIds(repository, shop), ['below']);
      }
      const letters = await subject.letters();
      const ids = [due, other].map(({ origin }) => DeadLetterId.of(origin));
      const found = await letters.findByIds(due.project, ids, 10_000);
      assert.deepEqual(
        found.map(({ origin }) => origin),
        [other.origin],
      );
    },
    async 'removeRecords anonymises an activity if its record names a replacement for the user'(
      ledger,
      repository,
    ) {
      const [activity] = sampleActivities(1, { metadata: { name: 'Ann' } });
      assert.ok(activity !== undefined);
      await repository.save([activity], [at(5)]);
      const erasure = erasureOf({ mode: 'anonymise' });
      const { project, id, userId } = activity;
      await ledger.removeRecords([{ project, id, userId, erasure, replacement }], []);
      const found = await repository.findById(activity);
      assert.deepEqual(found?.toActivity(), activity.anonymised(replacement));
      assert.deepEqual(found?.origin, at(5));
    },
    async 'removeRecords applies the first of its erasures that covers an activity'(ledger, repository) {
      const placedAt = [
        ['a', 5],
        ['b', 15],
        ['c', 25],
      ] as const;
      const [first, second] = [
        erasureOf({ id: 'first', offset: 10 }),
        erasureOf({ id: 'second', offset: 20, mode: 'anonymise', second: 1 }),
      ];
      const foreign = sampleActivity({ id: 'd', userId: 'user-2' });
      const activities = [...placedAt.map(([id]) => sampleActivity({ id })), foreign];
      await repository.save(activities, [...placedAt.map(([, offset]) => at(offset)), at(5)]);
      const third = erasureOf({ id: 'third', userId: 'user-2', offset: 20, mode: 'anonymise', second: 2 });
      const other = UserId.parse('anon_2');
      const due = ({ project, id, userId }: UserActivity) =>
        userId === third.userId
          ? [{ project, id, userId, erasure: third, replacement: other }]
          : [
              { project, id, userId, erasure: first, replacement: undefined },
              { project, id, userId, erasure: second, replacement },
            ];
      const records = activities.flatMap(due).toSorted((a, b) => compareErasures(a.erasure, b.erasure));
      await ledger.removeRecords(records, []);
      const found = await repository.findByIds(activities);
      assert.deepEqual(found.map((each) => `${each.id} of ${each.userId}`).toSorted(), [
        'b of anon_1',
        'c of user-1',
        'd of anon_2',
      ]);
    },
  },
  E9: {
    async 'activities of other users and projects are not removed'(ledger, repository) {
      const others = [
        sampleActivity({ id: 'a', userId: 'user-2' }),
        sampleActivity({ id: 'b', userId: 'User-1' }),
        sampleActivity({ id: 'c', userId: 'user-10' }),
      ];
      await repository.save([
        ...others,
        sampleActivity({ id: 'd', project: shop }),
        sampleActivity({ id: 'e' }),
      ]);
      assert.equal(await removeAll(ledger, erasureOf()), 1);
      assert.deepEqual(await storedIds(repository), ['a', 'b', 'c']);
      assert.deepEqual(await storedIds(repository, shop), ['d']);
    },
  },
});
