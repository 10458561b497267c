import assert from 'node:assert/strict';
import { Timestamp, TimeRange } from '@user-activity/domain';
import { repositoryCases } from './repository-subject.ts';
import { sampleActivities, sampleActivity, sampleTime } from './samples.ts';
import { filterOf, saveAll } from './walk.ts';

const at = (seconds: number): Timestamp => Timestamp.fromMillis(sampleTime + seconds * 1000);

/** The promise R14 about `count`. */
export const countCases = repositoryCases({
  R14: {
    async 'the count is exact for every kind of filter, and each activity counts once'(repository) {
      assert.equal(await repository.count(filterOf()), 0);
      // More activities than a store may count at once, a second apart. The first ten have the same time.
      const activities = sampleActivities(12_000, { metadata: {} }).map(({ createdAt }, index) =>
        sampleActivity({
          userId: `user-${index % 3}`,
          type: index % 2 === 0 ? 'LOGIN' : 'LOGOUT',
          createdAt: index < 10 ? sampleTime : createdAt,
        }),
      );
      await saveAll(repository, activities);
      await repository.save(activities.slice(0, 5));
      for (const [filter, expected] of [
        [{}, 12_000],
        [{ userIds: ['user-0'] }, 4000],
        [{ userIds: ['user-0', 'user-1', 'user-0'] }, 8000],
        [{ userIds: ['nobody'] }, 0],
        [{ types: ['LOGIN'] }, 6000],
        [{ types: ['LOGIN', 'LOGOUT'] }, 12_000],
        [{ userIds: ['user-0', 'user-1'], types: ['LOGIN'] }, 4000],
        [{ createdAt: TimeRange.between(at(1000), undefined) }, 11_000],
        [{ createdAt: TimeRange.between(undefined, at(1)) }, 10],
        [{ createdAt: TimeRange.between(at(0), at(0)) }, 0],
        [{ createdAt: TimeRange.between(at(10), at(11)) }, 1],
        [{ userIds: ['user-0'], types: ['LOGIN'], createdAt: TimeRange.between(at(600), at(1200)) }, 100],
        [{ createdAt: TimeRange.between(undefined, undefined) }, 12_000],
      ] as const)
        assert.equal(await repository.count(filterOf(filter)), expected, JSON.stringify(filter));
    },
    async 'during saves, a count lies between the counts before and after them'(repository) {
      await repository.save(sampleActivities(100));
      for (let before = 100; before < 300; before += 50) {
        const saving = repository.save(sampleActivities(50, { createdAt: sampleTime - before }));
        const count = await repository.count(filterOf());
        await saving;
        assert.ok(
          count >= before && count <= before + 50,
          `${count} is not from ${before} to ${before + 50}`,
        );
        assert.equal(await repository.count(filterOf()), before + 50);
      }
    },
  },
});
