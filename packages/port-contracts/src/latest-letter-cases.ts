import assert from 'node:assert/strict';
import { ActivityId, type DeadLetter, type LatestLetter } from '@user-activity/domain';
import { letterCases } from './letter-repository-subject.ts';
import { at, letterOf } from './letters.ts';

const id = (text: string): ActivityId => ActivityId.parse(text);
const letterOfActivity = (offset: number, text: string, millis: number): DeadLetter =>
  letterOf(offset, { code: 'refused', activityId: id(text), diedAt: at(millis) });
const sortedById = (latest: readonly LatestLetter[]): readonly LatestLetter[] =>
  latest.toSorted((left, right) => (left.activityId < right.activityId ? -1 : 1));

/** The promise about `findLatestLetters`. */
export const latestLetterCases = letterCases({
  B8: {
    async 'findLatestLetters returns one entry for each activity that has a letter'(repository, queue) {
      const once = letterOfActivity(1, 'once', 5);
      const twice = [letterOfActivity(2, 'twice', 9), letterOfActivity(3, 'twice', 7)];
      await queue.add([once, ...twice, letterOfActivity(4, 'ONCE', 6), letterOf(5, { diedAt: at(99) })]);
      const ids = ['twice', 'once', 'never', 'once', 'onc_'].map(id);
      const expected = [
        { activityId: id('once'), diedAt: at(5) },
        { activityId: id('twice'), diedAt: at(9) },
      ];
      assert.deepEqual(sortedById(await repository.findLatestLetters(ids)), expected);
      assert.deepEqual(await repository.findLatestLetters([]), []);
      assert.deepEqual(await repository.findLatestLetters([id('never')]), []);
      // After a replay the latest letter is gone, so the one before it is the latest.
      await repository.remove([once, ...twice.slice(0, 1)]);
      const remaining = [{ activityId: id('twice'), diedAt: at(7) }];
      assert.deepEqual(await repository.findLatestLetters(ids), remaining);
    },
    async 'findLatestLetters takes 2,000 ids, and returns one of 1,000 letters of an activity'(
      repository,
      queue,
    ) {
      const several = Array.from({ length: 1000 }, (_, index) =>
        letterOfActivity(index, `several-${index}`, 1),
      );
      const same = Array.from({ length: 1000 }, (_, index) => letterOfActivity(1000 + index, 'same', index));
      await queue.add([...several, ...same]);
      const ids = [...several, ...same].flatMap(({ activityId = id('none') }) => activityId);
      const latest = await repository.findLatestLetters(ids);
      assert.equal(latest.length, 1001);
      assert.deepEqual(
        latest.find(({ activityId }) => activityId === 'same'),
        { activityId: id('same'), diedAt: at(999) },
      );
    },
  },
});
