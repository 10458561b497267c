import assert from 'node:assert/strict';
import {
  ActivityId,
  type DeadLetter,
  DeadLetterFilter,
  DeadLetterId,
  type DeadLetterQueue,
  DeadLetterQuery,
  type DeadLetterRepository,
  ProjectId,
} from '@user-activity/domain';
import { letterCases } from './letter-repository-subject.ts';
import { assertSameLetters, at, idsOf, letterOf } from './letters.ts';

const projects = [ProjectId.default, ProjectId.parse('a'), ProjectId.system, ProjectId.parse('empty')];
const plenty = 1024 * 1024;
const id = ActivityId.parse('shared');

/** Makes letters of the same activity id in each project. Each project has one letter fewer than the previous one, and the last has none. */
const lettersOfProjects = (): readonly DeadLetter[] =>
  projects.flatMap((project, index) =>
    [1, 2, 3].slice(index).map((offset) =>
      letterOf(100 * index + offset, {
        project,
        code: 'refused',
        activityId: id,
        diedAt: at(index * 10 + offset),
      }),
    ),
  );

/** Adds letters in several projects, and calls `check` for each. */
const inEachProject =
  (
    check: (
      repository: DeadLetterRepository,
      project: ProjectId,
      own: readonly DeadLetter[],
    ) => Promise<void>,
  ) =>
  async (repository: DeadLetterRepository, queue: DeadLetterQueue): Promise<void> => {
    const letters = lettersOfProjects();
    await queue.add(letters);
    for (const project of projects)
      await check(
        repository,
        project,
        letters.filter((letter) => letter.project === project),
      );
  };

const idsIn = (letters: readonly DeadLetter[]): DeadLetterId[] =>
  letters.map(({ origin }) => DeadLetterId.of(origin));

/** The promise B12 of `DeadLetterRepository`: projects are isolated from each other. */
export const letterIsolationCases = letterCases({
  B12: {
    'find lists the letters of its project only': inEachProject(async (repository, project, own) => {
      for (const codes of [[], ['refused']] as const) {
        const filter = DeadLetterFilter.of({ project, codes });
        const { letters, hasMore } = await repository.find(
          DeadLetterQuery.of({ filter, order: 'asc', limit: 10 }),
        );
        assert.deepEqual(idsOf(letters), idsIn(own));
        assert.equal(hasMore, false);
        assert.ok(letters.every((letter) => letter.project === project));
      }
    }),
    'findByIds returns no letter of another project': inEachProject(async (repository, project, own) => {
      assertSameLetters(await repository.findByIds(project, idsIn(lettersOfProjects()), plenty), own);
    }),
    'findLatestLetters returns nothing of another project': inEachProject(
      async (repository, project, own) => {
        const latest = own.at(-1);
        assert.deepEqual(
          await repository.findLatestLetters([{ project, id }]),
          latest === undefined ? [] : [{ project, id, diedAt: latest.diedAt }],
        );
      },
    ),
    async 'findLatestLetters returns the latest letters of activities in several projects'(
      repository,
      queue,
    ) {
      const letters = lettersOfProjects();
      await queue.add(letters);
      const other = ActivityId.parse('other');
      const keys = projects.flatMap((project) => [
        { project, id },
        { project, id: other },
      ]);
      const latest = await repository.findLatestLetters(keys);
      assert.deepEqual(
        Object.fromEntries(latest.map(({ project, id: found, diedAt }) => [`${project} ${found}`, diedAt])),
        { 'default shared': at(3), 'a shared': at(13), '_system shared': at(23) },
      );
    },
  },
});
