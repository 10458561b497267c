import assert from 'node:assert/strict';
import { ActivityId, type DeadLetter, type LatestLetter } from '@user-activity/domain';
import { letterCases } from './letter-repository-subject.ts';
import { at, letterOf } from './letters.ts';

const id = (text: string): ActivityId => ActivityId.parse(text);
const ofActivity = (offset: number, text: string, millis: number): DeadLetter =>
  letterOf(offset, { code: 'refused', activityId: id(text), diedAt: at(millis) });
const inOrder = (latest: readonly LatestLetter[]): readonly LatestLetter[] =>
  latest.toSorted((left, right) => (left.activityId < right.activityId ? -1 : 1));

/** The promise about `findLatestLetters`. */
export const latestLetterCases = letterCases({
  B8: {
    async 'findLatestLetters returns one entry for each activity that has a letter'(repository, queue) {
      const once = ofActivity(1, 'once', 5);
      const twice = [ofActivity(2, 'twice', 9), ofActivity(3, 'twice', 7)];
      await queue.add([once, ...twice, ofActivity(4, 'ONCE', 6), letterOf(5, { diedAt: at(99) })]);
      const asked = ['twice', 'once', 'never', 'once', 'onc_'].map(id);
      const expected = [
        { activityId: id('once'), diedAt: at(5) },
        { activityId: id('twice'), diedAt: at(9) },
      ];
      assert.deepEqual(inOrder(await repository.findLatestLetters(asked)), expected);
      assert.deepEqual(await repository.findLatestLetters([]), []);
      assert.deepEqual(await repository.findLatestLetters([id('never')]), []);
      // Replayed letters are removed, so an earlier one is the latest now.
      await repository.remove([once, ...twice.slice(0, 1)]);
      const left = [{ activityId: id('twice'), diedAt: at(7) }];
      assert.deepEqual(await repository.findLatestLetters(asked), left);
    },
    async 'findLatestLetters takes 2,000 ids and handles 1,000 letters of one activity'(repository, queue) {
      const several = Array.from({ length: 1000 }, (_, index) => ofActivity(index, `several-${index}`, 1));
      const same = Array.from({ length: 1000 }, (_, index) => ofActivity(1000 + index, 'same', index));
      await queue.add([...several, ...same]);
      const asked = [...several, ...same].flatMap(({ activityId = id('none') }) => activityId);
      const latest = await repository.findLatestLetters(asked);
      assert.equal(latest.length, 1001);
      assert.deepEqual(
        latest.find(({ activityId }) => activityId === 'same'),
        { activityId: id('same'), diedAt: at(999) },
      );
    },
  },
});
