import assert from 'node:assert/strict';
import {
  type ActivityKey,
  type ActivityRemoval,
  DeadLetterId,
  type Erasure,
  ProjectId,
  type ProjectRepository,
  RetentionDays,
  Timestamp,
} from '@user-activity/domain';
import { letterOf, lettersOfLogs } from './letters.ts';
import { activityIdsIn, forum, letterIdsIn, projectCases, save, shop } from './project-repository-subject.ts';
import { sampleActivity, sampleTime } from './samples.ts';

const moment = (millis: number): Timestamp => Timestamp.fromMillis(sampleTime + millis);

/** A removal of all activities, in portions of 1,000. */
const noCondition: Omit<ActivityRemoval, 'project'> = {
  createdBefore: undefined,
  receivedUpTo: undefined,
  after: undefined,
  limit: 1000,
};

/** Removes activities portion by portion. Returns how many each portion removed. Calls `between` before each portion but the first. */
async function removeAll(
  projects: ProjectRepository,
  removal: Partial<ActivityRemoval> & Pick<ActivityRemoval, 'project'>,
  between: () => Promise<unknown> = () => Promise.resolve(),
): Promise<number[]> {
  const removals: number[] = [];
  for (let after: ActivityRemoval['after']; ; ) {
    const { removed, next } = await projects.removeActivities({ ...noCondition, ...removal, after });
    removals.push(removed);
    if (next === undefined) return removals;
    after = next;
    await between();
  }
}

/** Makes activities of a project, a second apart. */
const activitiesOf = (project: ProjectId, count: number) =>
  Array.from({ length: count }, (_, index) =>
    sampleActivity({
      project,
      id: `a-${index}`,
      createdAt: sampleTime + index * 1000,
      receivedAt: sampleTime,
    }),
  );

const erasedRecord = ({ project, id }: ActivityKey, erasure: Erasure, offset: number) => ({
  ...erasure,
  project,
  id,
  letterId: DeadLetterId.of(letterOf(offset).origin),
});

/** The promises of a `ProjectRepository` about removals. */
export const removalCases = projectCases({
  J7: {
    async 'removeActivities removes activities created before a given time, in portions and oldest first'(
      projects,
      subject,
    ) {
      await save(subject, activitiesOf(shop, 10).toReversed());
      const removal = { ...noCondition, project: shop, createdBefore: moment(7000), limit: 3 };
      const portion = await projects.removeActivities(removal);
      assert.equal(portion.removed, 3);
      assert.deepEqual(await activityIdsIn(subject, shop), ['a-3', 'a-4', 'a-5', 'a-6', 'a-7', 'a-8', 'a-9']);
      assert.deepEqual(await removeAll(projects, removal), [3, 1]);
      assert.deepEqual(await activityIdsIn(subject, shop), ['a-7', 'a-8', 'a-9']);
      assert.deepEqual(await removeAll(projects, removal), [0]);
    },
    async 'removeActivities removes activities received at or before a given time, whatever their createdAt'(
      projects,
      subject,
    ) {
      const activities = Array.from({ length: 20 }, (_, index) =>
        sampleActivity({
          project: shop,
          id: `a-${index}`,
          // Old and new times alternate, and some activities have the same time.
          createdAt: sampleTime + (index % 3) * 1_000_000_000_000 - (index % 2) * 1000,
          receivedAt: sampleTime + index,
        }),
      );
      await save(subject, activities);
      const removals = await removeAll(projects, { project: shop, receivedUpTo: moment(9), limit: 4 }, () =>
        save(subject, [
          sampleActivity({ project: shop, id: `later-${Math.random()}`, receivedAt: sampleTime + 99 }),
        ]),
      );
      assert.ok(removals.every((removed) => removed <= 4));
      assert.equal(
        removals.reduce((sum, removed) => sum + removed),
        10,
      );
      const rest = await activityIdsIn(subject, shop);
      assert.deepEqual(
        rest.filter((id) => id.startsWith('a-')),
        activities
          .slice(10)
          .map(({ id }): string => id)
          .toSorted(),
      );
      assert.ok(rest.length > 10);
    },
    async 'a portion examines at most `limit` activities, even if none must be removed'(projects, subject) {
      await save(subject, activitiesOf(shop, 5));
      const removal = { ...noCondition, project: shop, receivedUpTo: moment(-1), limit: 2 };
      const { removed, next } = await projects.removeActivities(removal);
      assert.equal(removed, 0);
      assert.deepEqual(next, { createdAt: moment(1000), id: 'a-1' });
      assert.deepEqual(await removeAll(projects, removal), [0, 0, 0]);
    },
    async 'if both times are given, only activities that meet both are removed'(projects, subject) {
      await save(subject, [
        sampleActivity({ project: shop, id: 'both', createdAt: sampleTime, receivedAt: sampleTime }),
        sampleActivity({ project: shop, id: 'young', createdAt: sampleTime + 10, receivedAt: sampleTime }),
        sampleActivity({ project: shop, id: 'late', createdAt: sampleTime, receivedAt: sampleTime + 10 }),
      ]);
      const limits = { createdBefore: moment(5), receivedUpTo: moment(5) };
      assert.deepEqual(await removeAll(projects, { project: shop, ...limits }), [1]);
      assert.deepEqual(await activityIdsIn(subject, shop), ['late', 'young']);
    },
  },
  J8: {
    async 'removeLetters removes dead letters that died at or before a given time, in portions'(
      projects,
      subject,
    ) {
      const letters = [0, 1, 2, 3, 4].map((offset) =>
        letterOf(offset, {
          project: shop,
          diedAt: moment(offset),
          code: offset % 2 ? 'conflict' : 'refused',
        }),
      );
      await (await subject.queue()).add(letters);
      const removals = [];
      for (let call = 0; call < 3; call += 1) removals.push(await projects.removeLetters(shop, moment(3), 3));
      assert.deepEqual(removals, [3, 1, 0]);
      assert.deepEqual(
        await letterIdsIn(subject, shop),
        letters.slice(4).map(({ origin }) => DeadLetterId.of(origin)),
      );
    },
  },
  J9: {
    async 'removeErased removes the activities and dead letters of records, except activities received later'(
      projects,
      subject,
    ) {
      const erasure = { project: shop, erasedAt: moment(5) };
      const activities = [3, 5, 6].map((millis) =>
        sampleActivity({ project: shop, id: `a-${millis}`, receivedAt: sampleTime + millis }),
      );
      await save(subject, activities);
      const letters = [1, 2, 3].map((offset) =>
        letterOf(offset, { project: shop, diedAt: moment(offset * 3) }),
      );
      await (await subject.queue()).add(letters);
      const records = activities.map((activity, index) => erasedRecord(activity, erasure, index));
      for (let call = 0; call < 2; call += 1) {
        await projects.removeErased(records);
        assert.deepEqual(await activityIdsIn(subject, shop), ['a-6']);
        assert.deepEqual(await letterIdsIn(subject, shop), ['user-activity:0:3']);
      }
      await projects.removeErased([]);
    },
    async 'removeErased keeps a dead letter of another log with the same partition and offset'(
      projects,
      subject,
    ) {
      const letters = lettersOfLogs(1, { project: shop });
      await (await subject.queue()).add(letters);
      const [activity] = activitiesOf(shop, 1);
      assert.ok(activity);
      const erased = erasedRecord(activity, { project: shop, erasedAt: moment(0) }, 1);
      const left = letters.map(({ origin }) => DeadLetterId.of(origin));
      for (const letterId of left.toReversed().slice(0, 2)) {
        await projects.removeErased([{ ...erased, letterId }]);
        left.pop();
        assert.deepEqual(await letterIdsIn(subject, shop), left);
      }
    },
  },
  J10: {
    async 'after expireAfter, the store keeps activities that are younger than the given days'(
      projects,
      subject,
    ) {
      const now = Date.now();
      const dayMs = 24 * 60 * 60 * 1000;
      const aged = (id: string, days: number) =>
        sampleActivity({ project: shop, id, createdAt: now - days * dayMs });
      await save(subject, [aged('young', 1), aged('younger', 6.9)]);
      for (const days of [RetentionDays.parse(30), RetentionDays.parse(7), RetentionDays.parse(7), undefined])
        await projects.expireAfter(days);
      await projects.expireAfter(RetentionDays.parse(7));
      assert.deepEqual(await activityIdsIn(subject, shop), ['young', 'younger']);
      await projects.expireAfter(undefined);
      await projects.expireAfter(undefined);
      assert.deepEqual(await removeAll(projects, { project: shop }), [2]);
    },
  },
  J12: {
    async 'settings, erasures and removals of one project leave all others unchanged'(projects, subject) {
      const apart = [ProjectId.default, shop, forum];
      const queue = await subject.queue();
      for (const [index, project] of apart.entries()) {
        await save(subject, activitiesOf(project, 2));
        await queue.add([letterOf(index, { project, diedAt: moment(0) })]);
        if (project !== shop)
          await projects.changeSettings(project, { retentionDays: RetentionDays.parse(7) });
      }
      await projects.changeSettings(shop, { retentionDays: RetentionDays.parse(1) });
      const erasure = await projects.beginErasure(shop, moment(0));
      const [first] = activitiesOf(shop, 1);
      // The dead letter of this record belongs to another project.
      if (first !== undefined) await projects.removeErased([erasedRecord(first, erasure, 2)]);
      await removeAll(projects, { project: shop });
      assert.equal(await projects.removeLetters(shop, moment(0), 10), 1);
      assert.deepEqual(await projects.findErasures(apart), [{ ...erasure, erasing: true }]);
      assert.equal((await projects.findSettings()).length, 2);
      for (const [project, activities, letters] of [
        [ProjectId.default, ['a-0', 'a-1'], ['user-activity:0:0']],
        [shop, [], []],
        [forum, ['a-0', 'a-1'], ['user-activity:0:2']],
      ] as const) {
        assert.deepEqual(await activityIdsIn(subject, project), activities);
        assert.deepEqual(await letterIdsIn(subject, project), letters);
      }
      await projects.endErasure({ ...erasure, project: forum });
      assert.deepEqual(await projects.findErasing(10), [erasure]);
    },
  },
});
