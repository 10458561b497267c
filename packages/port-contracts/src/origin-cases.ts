import assert from 'node:assert/strict';
import { type ActivityKey, ActivityQuery, LogId, type LogPosition, ProjectId } from '@user-activity/domain';
import { repositoryCases } from './repository-subject.ts';
import { sampleActivities, sampleActivity } from './samples.ts';
import { filterOf } from './walk.ts';

const log = LogId.parse('0198-log-A');

const at = (offset: number, partition = 0): LogPosition => ({ log, partition, offset });

/** The promise R19 about the origin of an activity, which is the position of its record on the log. */
export const originCases = repositoryCases({
  R19: {
    async 'each activity comes back with its own origin, from every method'(repository, subject) {
      const shop = ProjectId.parse('shop');
      const activities = [
        ...sampleActivities(5),
        sampleActivity({ project: shop, id: 'a' }),
        sampleActivity({ id: 'a' }),
      ];
      const origins: LogPosition[] = activities.map((_, index) => at(index * 3, index % 2));
      origins[2] = { log: LogId.parse('another'), partition: 999, offset: 2 ** 53 - 1 };
      await repository.save(activities, origins);
      const reader = await subject.open();
      const expected = new Map(activities.map((activity, index) => [keyOf(activity), origins[index]]));
      for (const found of await reader.findByIds(activities))
        assert.deepEqual(found.origin, expected.get(keyOf(found)), keyOf(found));
      for (const activity of activities)
        assert.deepEqual((await reader.findById(activity))?.origin, expected.get(keyOf(activity)));
      for (const project of [ProjectId.default, shop]) {
        const { activities: page } = await reader.find(ActivityQuery.of({ filter: filterOf({ project }) }));
        assert.ok(page.length > 0);
        for (const found of page) assert.deepEqual(found.origin, expected.get(keyOf(found)));
      }
    },
    async 'an earlier origin replaces the stored one if it comes with a redelivery, and not with a duplicate'(
      repository,
    ) {
      const activity = sampleActivity();
      const again = sampleActivity({ id: activity.id, receivedAt: activity.receivedAt + 1 });
      await repository.save([activity], [at(20)]);
      assert.deepEqual(await repository.save([again], [at(5)]), ['duplicate']);
      assert.deepEqual((await repository.findById(activity))?.origin, at(20));
      assert.deepEqual(await repository.save([again, activity], [at(3), at(9)]), [
        'duplicate',
        'redelivered',
      ]);
      assert.deepEqual((await repository.findById(activity))?.origin, at(9));
    },
    async 'redelivery from another log or partition, and a conflict, keep the stored origin'(repository) {
      const activity = sampleActivity();
      const conflicting = sampleActivity({ id: activity.id, userId: 'somebody else' });
      await repository.save([activity], [at(20)]);
      await repository.save([activity, activity], [at(5, 1), { ...at(5), log: LogId.parse('another') }]);
      assert.deepEqual(await repository.save([conflicting], [at(5)]), ['conflict']);
      assert.deepEqual((await repository.findById(activity))?.origin, at(20));
    },
    async 'redelivery with a later origin, a duplicate and a conflict keep the stored origin'(repository) {
      const activity = sampleActivity();
      const again = sampleActivity({ id: activity.id, receivedAt: activity.receivedAt + 1 });
      const conflicting = sampleActivity({ id: activity.id, userId: 'somebody else' });
      await repository.save([activity], [at(7)]);
      assert.deepEqual(await repository.save([activity], [at(8)]), ['redelivered']);
      assert.deepEqual(await repository.save([again, conflicting], [at(9), at(10)]), [
        'duplicate',
        'conflict',
      ]);
      assert.deepEqual((await repository.findById(activity))?.origin, at(7));
    },
    async 'if a batch has an activity twice, the first copy determines the origin'(repository) {
      const activity = sampleActivity();
      await repository.save([activity, activity], [at(4), at(5)]);
      assert.deepEqual((await repository.findById(activity))?.origin, at(4));
    },
    async 'an activity that is saved without an origin gets one when it is redelivered'(repository) {
      const [without, later] = sampleActivities(2);
      assert.ok(without !== undefined && later !== undefined);
      await repository.save([without]);
      assert.equal((await repository.findById(without))?.origin, undefined);
      await repository.save([without, later], [at(1), at(2)]);
      assert.deepEqual((await repository.findById(without))?.origin, at(1));
      await repository.save([without], [at(0)]);
      assert.deepEqual((await repository.findById(without))?.origin, at(0));
      assert.deepEqual((await repository.findById(later))?.origin, at(2));
    },
  },
});

const keyOf = ({ project, id }: ActivityKey): string => `${project} ${id}`;
