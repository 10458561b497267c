import assert from 'node:assert/strict';
import {
  ActivityId,
  type ActivityKey,
  type DeadLetter,
  type LatestLetter,
  ProjectId,
} from '@user-activity/domain';
import { letterCases } from './letter-repository-subject.ts';
import { at, letterOf } from './letters.ts';

const keyOf = (text: string): ActivityKey => ({ project: ProjectId.default, id: ActivityId.parse(text) });
const letterOfActivity = (offset: number, text: string, millis: number): DeadLetter =>
  letterOf(offset, { code: 'refused', activityId: keyOf(text).id, diedAt: at(millis) });
const sortedById = (latest: readonly LatestLetter[]): readonly LatestLetter[] =>
  latest.toSorted((left, right) => (left.id < right.id ? -1 : 1));

/** The promise B8 about `findLatestLetters`. */
export const latestLetterCases = letterCases({
  B8: {
    async 'findLatestLetters returns one entry for each activity that has a letter'(repository, queue) {
      const once = letterOfActivity(1, 'once', 5);
      const twice = [letterOfActivity(2, 'twice', 9), letterOfActivity(3, 'twice', 7)];
      await queue.add([once, ...twice, letterOfActivity(4, 'ONCE', 6), letterOf(5, { diedAt: at(99) })]);
      const keys = ['twice', 'once', 'never', 'once', 'onc_'].map(keyOf);
      const expected = [
        { ...keyOf('once'), diedAt: at(5) },
        { ...keyOf('twice'), diedAt: at(9) },
      ];
      assert.deepEqual(sortedById(await repository.findLatestLetters(keys)), expected);
      assert.deepEqual(await repository.findLatestLetters([]), []);
      assert.deepEqual(await repository.findLatestLetters([keyOf('never')]), []);
      // A replay removes the latest letter. Then the previous letter of the activity is the latest.
      await repository.remove([once, ...twice.slice(0, 1)]);
      const remaining = [{ ...keyOf('twice'), diedAt: at(7) }];
      assert.deepEqual(await repository.findLatestLetters(keys), remaining);
    },
    async 'findLatestLetters takes 2,000 keys, and returns one entry for an activity with 1,000 letters'(
      repository,
      queue,
    ) {
      const several = Array.from({ length: 1000 }, (_, index) =>
        letterOfActivity(index, `several-${index}`, 1),
      );
      const same = Array.from({ length: 1000 }, (_, index) => letterOfActivity(1000 + index, 'same', index));
      await queue.add([...several, ...same]);
      const keys = [...several, ...same].map(({ activityId = '' }) => keyOf(activityId));
      const latest = await repository.findLatestLetters(keys);
      assert.equal(latest.length, 1001);
      assert.deepEqual(
        latest.find((letter) => letter.id === 'same'),
        { ...keyOf('same'), diedAt: at(999) },
      );
    },
  },
});
