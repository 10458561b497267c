import assert from 'node:assert/strict';
import {
  ActivityId,
  type DeadLetter,
  DeadLetterFilter,
  DeadLetterId,
  type DeadLetterPosition,
  DeadLetterQuery,
  ProjectId,
} from '@user-activity/domain';
import { letterCases } from './letter-repository-subject.ts';
import { assertSameLetters, at, lettersOfLogs } from './letters.ts';

const project = ProjectId.default;
const plenty = 1024 * 1024;
const idOf = ({ origin }: DeadLetter): DeadLetterId => DeadLetterId.of(origin);

/** The promise B13 of `DeadLetterRepository` about several logs whose topics have the same name. */
export const lettersOfLogsCases = letterCases({
  B13: {
    async 'a walk lists the letters of every log'(repository, queue) {
      const letters = lettersOfLogs(1);
      await queue.add(letters);
      const walked: DeadLetter[] = [];
      for (let after: DeadLetterPosition | undefined; ; ) {
        const filter = DeadLetterFilter.of({ project });
        const page = await repository.find(DeadLetterQuery.of({ filter, order: 'asc', limit: 1, after }));
        for (const letter of page.letters) assert.equal(letter.id, idOf(letter));
        walked.push(...page.letters);
        after = page.letters.at(-1);
        if (!page.hasMore) break;
      }
      assert.deepEqual(
        walked.map(({ origin, reason }) => ({ origin, reason })),
        letters.map(({ origin, reason }) => ({ origin, reason })),
      );
    },
    async 'findByIds returns the letters of exactly the logs that the ids name'(repository, queue) {
      const letters = lettersOfLogs(1);
      await queue.add(letters);
      for (const letter of letters)
        assertSameLetters(await repository.findByIds(project, [idOf(letter)], plenty), [letter]);
      assertSameLetters(await repository.findByIds(project, letters.map(idOf), plenty), letters);
      assert.deepEqual(
        await repository.findByIds(project, [DeadLetterId.parse('user-activity@log-4:0:1')], plenty),
        [],
      );
    },
    async '`remove` keeps the letters of other logs'(repository, queue) {
      const letters = lettersOfLogs(1);
      await queue.add(letters);
      const [first, second] = letters;
      for (const [removed, left] of [
        [second, letters.toSpliced(1, 1)],
        [first, letters.slice(2)],
      ] as const) {
        if (removed !== undefined) await repository.remove([removed]);
        assertSameLetters(await repository.findByIds(project, letters.map(idOf), plenty), left);
      }
    },
    async '`sweep` and findLatestLetters include the letters of every log'(repository, queue) {
      const id = ActivityId.parse('shared');
      const [first, second, third] = lettersOfLogs(1, { activityId: id });
      assert.ok(first && second && third);
      await queue.add([first, { ...second, diedAt: at(2) }, { ...third, diedAt: at(1) }]);
      assert.deepEqual(await repository.findLatestLetters([{ project, id }]), [
        { project, id, diedAt: at(2) },
      ]);
      const limits = { edgeBefore: at(9), maxEdgeBytes: 0, limit: 10 };
      const sweep = await repository.sweep({ ...limits, logBefore: at(2) });
      assert.deepEqual(sweep, { expired: 2, evicted: 0, edgeBytes: 0 });
      const left = await repository.findByIds(project, [first, second, third].map(idOf), plenty);
      assert.deepEqual(left.map(idOf), [idOf(second)]);
    },
  },
});
