import assert from 'node:assert/strict';
import { ActivityQuery, type ActivityRepository, ProjectId, type UserActivity } from '@user-activity/domain';
import { repositoryCases } from './repository-subject.ts';
import { sampleActivity, sampleTime } from './samples.ts';
import { filterOf, walk, where } from './walk.ts';

const projects = ['default', 'default-2', 'a', 'b'].map((name) => ProjectId.parse(name));
const emptyProject = ProjectId.parse('c');

/** Makes activities with the same ids, user and type in each project. Each project has one activity fewer than the previous one. */
const activitiesOfProjects = (): readonly UserActivity[] =>
  projects.flatMap((project, index) =>
    ['1', '2', '~', '!']
      .slice(index)
      .map((id) => sampleActivity({ project, id, userId: 'shared', type: 'SHARED', metadata: { project } })),
  );

const inOrderOfId = (activities: readonly UserActivity[]): readonly UserActivity[] =>
  activities.toSorted((a, b) => (a.id < b.id ? -1 : 1));

/** Saves activities in several projects. Then calls `check` for each of them, and for a project without activities. */
const inEachProject =
  (
    check: (
      repository: ActivityRepository,
      project: ProjectId,
      own: readonly UserActivity[],
    ) => Promise<void>,
  ) =>
  async (repository: ActivityRepository): Promise<void> => {
    const activities = activitiesOfProjects();
    await repository.save(activities);
    for (const project of [...projects, emptyProject])
      await check(
        repository,
        project,
        activities.filter((activity) => activity.project === project),
      );
  };

/** The promise R18 of `ActivityRepository`: projects are isolated from each other. */
export const projectIsolationCases = repositoryCases({
  R18: {
    async 'an activity is stored even if another project has one with the same id'(repository) {
      const activities = activitiesOfProjects();
      assert.deepEqual(
        await repository.save(activities),
        activities.map(() => 'stored'),
      );
      assert.deepEqual(
        await repository.save(activities.toReversed()),
        activities.map(() => 'redelivered'),
      );
      const changed = projects.map((project) =>
        sampleActivity({ project, id: '2', metadata: { is: 'new' } }),
      );
      assert.deepEqual(await repository.save(changed), ['conflict', 'conflict', 'stored', 'stored']);
    },
    'find returns the activities of its project only, on every page': inEachProject(
      async (repository, project, own) => {
        for (const parts of [{}, { userIds: ['shared'] }, { types: ['SHARED'] }])
          for (const order of ['asc', 'desc'] as const) {
            const pages = await walk(repository, {
              filter: filterOf({ project, ...parts }),
              order,
              limit: 2,
            });
            const expected = inOrderOfId(own);
            assert.deepEqual(
              pages.flat().map((activity) => activity.toActivity()),
              order === 'asc' ? expected : expected.toReversed(),
            );
          }
      },
    ),
    'a search by metadata finds the activities of its project only': inEachProject(
      async (repository, project, own) => {
        const filter = filterOf({ project, userIds: ['shared'], metadata: [where('project', ...projects)] });
        assert.equal((await repository.find(ActivityQuery.of({ filter }))).activities.length, own.length);
        assert.equal(await repository.count(filter), own.length);
      },
    ),
    'count counts the activities of its project only': inEachProject(async (repository, project, own) => {
      for (const parts of [{}, { userIds: ['shared'] }, { types: ['SHARED'] }])
        assert.equal(await repository.count(filterOf({ project, ...parts })), own.length);
    }),
    'countByKey counts the activities of its project only': inEachProject(
      async (repository, project, own) => {
        for (const [field, key] of [
          ['type', 'SHARED'],
          ['userId', 'shared'],
        ] as const)
          for (const parts of [{}, { userIds: ['shared'] }, { types: ['SHARED'] }])
            assert.deepEqual(
              await repository.countByKey(filterOf({ project, ...parts }), field, 10),
              own.length === 0 ? [] : [{ key, count: own.length }],
            );
      },
    ),
    'countBySlot counts the activities of its project only': inEachProject(
      async (repository, project, own) => {
        const slots = { unitMs: 1000, offsets: [{ from: sampleActivity().createdAt, offsetMs: 0 }] };
        const slot = Math.floor(sampleTime / 1000);
        assert.deepEqual(
          await repository.countBySlot(filterOf({ project }), slots, 10),
          own.length === 0 ? [] : [{ segment: 0, slot, count: own.length }],
        );
      },
    ),
    'findById finds nothing of another project': inEachProject(async (repository, project, own) => {
      const byId = new Map(own.map((activity) => [activity.id, activity]));
      for (const { id } of activitiesOfProjects())
        assert.deepEqual((await repository.findById({ project, id }))?.toActivity(), byId.get(id));
    }),
    'findByIds finds nothing of another project': inEachProject(async (repository, project, own) => {
      const all = activitiesOfProjects();
      const keys = all.map(({ id }) => ({ project, id }));
      const found = (await repository.findByIds(keys)).map((activity) => activity.toActivity());
      assert.deepEqual(inOrderOfId(found), inOrderOfId(own));
      assert.equal((await repository.findByIds(all)).length, all.length);
    }),
  },
});
