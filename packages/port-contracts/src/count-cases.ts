import assert from 'node:assert/strict';
import { ActivityType, Timestamp, TimeRange, UserId } from '@user-activity/domain';
import type { ContractCase } from './contract.ts';
import type { RepositorySubject } from './repository-subject.ts';
import { sampleActivities, sampleActivity } from './samples.ts';
import { filterOf } from './walk.ts';

const start = Date.parse('2026-01-02T03:04:05.678Z');
const at = (seconds: number): Timestamp => Timestamp.fromMillis(start + seconds * 1000);

/** The promise about `count`. */
export const countCases: readonly ContractCase<RepositorySubject>[] = [
  {
    promise: 'R14',
    title: 'the count is exact for every kind of filter, and each activity counts once',
    async run(subject) {
      const repository = await subject.open();
      assert.equal(await repository.count(filterOf()), 0);
      // More than a store may count at a time. They are a second apart, but ten share one second.
      const activities = sampleActivities(12_000, { metadata: {} }).map(({ createdAt }, index) =>
        sampleActivity({
          userId: `user-${index % 3}`,
          type: index % 2 === 0 ? 'LOGIN' : 'LOGOUT',
          createdAt: index < 10 ? start : createdAt,
        }),
      );
      for (let from = 0; from < activities.length; from += 2000)
        await repository.save(activities.slice(from, from + 2000));
      await repository.save(activities.slice(0, 5));
      const [one, two] = [UserId.parse('user-0'), UserId.parse('user-1')];
      const [login, logout] = [ActivityType.parse('LOGIN'), ActivityType.parse('LOGOUT')];
      const all = TimeRange.between(undefined, undefined);
      for (const [filter, expected] of [
        [{}, 12_000],
        [{ userIds: [one] }, 4000],
        [{ userIds: [one, two, one] }, 8000],
        [{ userIds: [UserId.parse('nobody')] }, 0],
        [{ types: [login] }, 6000],
        [{ types: [login, logout] }, 12_000],
        [{ userIds: [one, two], types: [login] }, 4000],
        [{ createdAt: TimeRange.between(at(1000), undefined) }, 11_000],
        [{ createdAt: TimeRange.between(undefined, at(1)) }, 10],
        [{ createdAt: TimeRange.between(at(0), at(0)) }, 0],
        [{ createdAt: TimeRange.between(at(10), at(11)) }, 1],
        [{ userIds: [one], types: [login], createdAt: TimeRange.between(at(600), at(1200)) }, 100],
        [{ createdAt: all }, 12_000],
      ] as const)
        assert.equal(await repository.count(filterOf(filter)), expected, JSON.stringify(filter));
    },
  },
  {
    promise: 'R14',
    title: 'during saves, a count lies between the counts before and after them',
    async run(subject) {
      const repository = await subject.open();
      await repository.save(sampleActivities(100));
      for (let before = 100; before < 300; before += 50) {
        const saving = repository.save(sampleActivities(50, { createdAt: start - before }));
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
];
