import assert from 'node:assert/strict';
import {
  ActivityQuery,
  ActivityId,
  type JsonObject,
  maxMetadataBytes,
  ProjectId,
  type SaveOutcome,
  type StoredActivity,
  type UserActivity,
} from '@user-activity/domain';
import * as fc from 'fast-check';
import { filteredStatsCases } from './filtered-stats-cases.ts';
import { anyActivity } from './arbitraries.ts';
import { projectIsolationCases } from './project-isolation-cases.ts';
import type { Contract } from './contract.ts';
import { countCases } from './count-cases.ts';
import { metadataCases } from './metadata-cases.ts';
import { originCases } from './origin-cases.ts';
import { pageSizeCases } from './page-size-cases.ts';
import { queryCases } from './query-cases.ts';
import { assertEachRejects } from './rejections.ts';
import { repositoryCases, type RepositorySubject } from './repository-subject.ts';
import { confusableActivities, sampleActivities, sampleActivity } from './samples.ts';
import { sameFactCases } from './same-fact-cases.ts';
import { slotLimitCases } from './slot-limit-cases.ts';
import { statsCases } from './stats-cases.ts';
import { filterOf } from './walk.ts';

const statusOf = (outcome: SaveOutcome): string => (typeof outcome === 'string' ? outcome : 'refused');

/** Makes an activity with the same id and different metadata. */
const conflictingWith = ({ id }: UserActivity): UserActivity =>
  sampleActivity({ id, metadata: { other: true } });

const activityRepositoryCases = repositoryCases({
  R1: {
    async 'a new handle finds stored activities'(repository, subject) {
      const activity = sampleActivity({ metadata: { ip: '127.0.0.1' } });
      assert.deepEqual(await repository.save([activity]), ['stored']);
      assert.deepEqual((await (await subject.open()).findById(activity))?.toActivity(), activity);
    },
  },
  R4: {
    async '`save` returns the outcomes in the order of the activities, in a batch with every outcome'(
      repository,
    ) {
      const [old, fresh, twice] = [sampleActivity(), sampleActivity(), sampleActivity()];
      await repository.save([old]);
      const sentAgain = sampleActivity({ id: old.id, receivedAt: '2026-01-02T03:09:00Z' });
      const outcomes = await repository.save([
        conflictingWith(old),
        twice,
        old,
        fresh,
        twice,
        conflictingWith(twice),
        sentAgain,
      ]);
      assert.deepEqual(outcomes, [
        'conflict',
        'stored',
        'redelivered',
        'stored',
        'redelivered',
        'conflict',
        'duplicate',
      ]);
      assert.deepEqual((await repository.findById(twice))?.toActivity(), twice);
      assert.deepEqual(await repository.save([]), []);
    },
    async 'saving a batch of 1,000 activities returns 1,000 outcomes'(repository) {
      const activities = sampleActivities(1000);
      const known = activities.filter((_, index) => index % 3 === 0);
      await repository.save(known);
      const expected = activities.map((_, index) => (index % 3 === 0 ? 'redelivered' : 'stored'));
      assert.deepEqual(await repository.save(activities), expected);
    },
  },
  R5: {
    async 'if eight handles save one id at once, exactly one stores it'(_, subject) {
      const handles = await Promise.all(Array.from({ length: 8 }, () => subject.open()));
      const saveAtOnce = async (activities: readonly UserActivity[]): Promise<string[]> => {
        const saves = handles.map((handle, index) => handle.save(activities.slice(index, index + 1)));
        return (await Promise.all(saves)).flat().map(statusOf).toSorted();
      };
      const expectedWith = (outcome: string): string[] => [...handles.slice(1).map(() => outcome), 'stored'];
      for (let round = 0; round < 10; round += 1) {
        const same = sampleActivity();
        assert.deepEqual(await saveAtOnce(handles.map(() => same)), expectedWith('redelivered'));
        const facts = [...handles.keys()].map((index) =>
          sampleActivity({ id: `race-${round}`, metadata: { index } }),
        );
        assert.deepEqual(await saveAtOnce(facts), expectedWith('conflict'));
      }
    },
  },
  R6: {
    async 'any metadata comes back deep-equal, and saving its activity again returns `redelivered`'(
      repository,
    ) {
      const manyActivities = fc.array(anyActivity, { minLength: 20, maxLength: 20 });
      await fc.assert(
        fc.asyncProperty(manyActivities, async (activities) => {
          assert.deepEqual(
            await repository.save(activities),
            activities.map(() => 'stored'),
          );
          assert.deepEqual(
            await repository.save(activities),
            activities.map(() => 'redelivered'),
          );
          for (const activity of activities)
            assert.deepEqual((await repository.findById(activity))?.toActivity(), activity);
        }),
        { numRuns: 15, endOnFailure: true },
      );
    },
    async 'activities with the longest values or special characters come back equal'(repository) {
      const activities = [
        sampleActivity({ id: '~'.repeat(128), userId: '😀'.repeat(256), type: '𝒜'.repeat(256) }),
        sampleActivity({ metadata: { text: 'x'.repeat(maxMetadataBytes - 11) } }),
        sampleActivity({ userId: `' OR 1=1 --`, type: 'A/B:C.D_E' }),
        sampleActivity({ userId: '$where', createdAt: '0000-01-01T00:00:00Z' }),
        sampleActivity({ userId: 'ﬁ é e\u0301', createdAt: '9999-12-31T23:59:59.999Z' }),
        sampleActivity({ metadata: nested(64) }),
        ...confusableActivities(),
      ];
      assert.deepEqual(
        await repository.save(activities),
        activities.map(() => 'stored'),
      );
      for (const activity of activities) {
        assert.deepEqual((await repository.findById(activity))?.toActivity(), activity);
        const page = await repository.find(
          newest(20).with({ filter: filterOf({ userIds: [activity.userId] }) }),
        );
        assert.ok(page.activities.some(({ id }) => id === activity.id));
      }
    },
  },
  R11: {
    async 'findById returns the activity with exactly that id, or undefined'(repository) {
      const [lower, upper] = [sampleActivity({ id: 'abc' }), sampleActivity({ id: 'ABC' })];
      await repository.save([lower, upper]);
      assert.deepEqual((await repository.findById(lower))?.toActivity(), lower);
      assert.deepEqual((await repository.findById(upper))?.toActivity(), upper);
      assert.equal(
        await repository.findById({ project: lower.project, id: ActivityId.parse('abc%') }),
        undefined,
      );
    },
  },
  R16: {
    async 'findByIds returns each existing activity once, and omits unknown ids'(repository) {
      const activities = sampleActivities(1000, { metadata: { a: { $b: 1 } } });
      const unknown = ['never', 'sample%', 'SAMPLE-1'].map((text) => ({
        project: ProjectId.default,
        id: ActivityId.parse(text),
      }));
      await repository.save(activities);
      const found = await repository.findByIds([
        ...unknown,
        ...activities.toReversed(),
        ...activities.slice(0, 3),
      ]);
      assert.equal(found.length, activities.length);
      const byId = new Map(activitiesOf(found).map((activity) => [activity.id, activity]));
      for (const activity of activities) assert.deepEqual(byId.get(activity.id), activity);
      assert.deepEqual(await repository.findByIds(unknown), []);
      assert.deepEqual(await repository.findByIds([]), []);
    },
  },
  R12: {
    async 'calls reject while the store is unreachable, and work again afterwards'(repository, subject) {
      const [before, during] = [sampleActivity(), sampleActivity()];
      await repository.save([before]);
      const restore = await subject.interrupt();
      const codes = ['STORE_UNAVAILABLE', 'STORE_TIMEOUT'] as const;
      const offsets = [{ from: before.createdAt, offsetMs: 0 }];
      await Promise.all([
        assertEachRejects([() => repository.save([during]), () => repository.ping()], 'STORE_UNAVAILABLE'),
        assertEachRejects(
          [
            () => repository.find(newest(1)),
            () => repository.count(filterOf()),
            () => repository.findById(before),
            () => repository.countByKey(filterOf(), 'type', 10),
            () => repository.countBySlot(filterOf(), { unitMs: 1000, offsets }, 10),
            () => repository.findByIds([before]),
          ],
          ...codes,
        ),
      ]);
      await restore();
      await repository.ping();
      const again = (await repository.save([during])).map(statusOf);
      assert.ok(
        again[0] === 'stored' || again[0] === 'redelivered',
        `the repeated save returned ${again.join()}`,
      );
      assert.deepEqual((await repository.findById(during))?.toActivity(), during);
      assert.deepEqual((await repository.findById(before))?.toActivity(), before);
    },
  },
});

/** The promises of every `ActivityRepository`, by the numbers in its doc comment. */
export const activityRepositoryContract: Contract<RepositorySubject> = [
  ...activityRepositoryCases,
  ...sameFactCases,
  ...projectIsolationCases,
  ...originCases,
  ...queryCases,
  ...pageSizeCases,
  ...metadataCases,
  ...countCases,
  ...statsCases,
  ...slotLimitCases,
  ...filteredStatsCases,
];

const activitiesOf = (stored: readonly StoredActivity[]): UserActivity[] =>
  stored.map((activity) => activity.toActivity());

const newest = (limit: number): ActivityQuery => ActivityQuery.of({ filter: filterOf(), limit });

function nested(levels: number): JsonObject {
  return levels === 1 ? {} : { deeper: nested(levels - 1) };
}
