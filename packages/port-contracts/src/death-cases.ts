import assert from 'node:assert/strict';
import {
  ActivityId,
  type DeadLetter,
  type DeadLetterQueue,
  type DeadLetterRepository,
  type Death,
  Timestamp,
} from '@user-activity/domain';
import type { Contract, Subject } from './contract.ts';
import { letterOf } from './letters.ts';

interface LettersAndQueue extends Subject {
  open(): Promise<DeadLetterRepository>;
  queue(): Promise<DeadLetterQueue>;
}

const id = (text: string): ActivityId => ActivityId.parse(text);
const at = (seconds: number): Timestamp => Timestamp.fromMillis(1_767_323_045_000 + seconds * 1000);
const ofActivity = (offset: number, text: string, seconds: number): DeadLetter =>
  letterOf(offset, { code: 'refused', activityId: id(text), diedAt: at(seconds) });
const inOrder = (deaths: readonly Death[]): readonly Death[] =>
  deaths.toSorted((one, other) => (one.activityId < other.activityId ? -1 : 1));

/** The promise about `findDeaths`. */
export const deathCases: Contract<LettersAndQueue> = [
  {
    promise: 'B8',
    title: 'findDeaths returns the latest death of activities that letters name, and nothing for others',
    async run(subject) {
      const [repository, queue] = [await subject.open(), await subject.queue()];
      const once = ofActivity(1, 'once', 5);
      const twice = [ofActivity(2, 'twice', 9), ofActivity(3, 'twice', 7)];
      await queue.add([once, ...twice, ofActivity(4, 'ONCE', 6), letterOf(5, { diedAt: at(99) })]);
      const asked = ['twice', 'once', 'never', 'once', 'onc_'].map(id);
      const expected = [
        { activityId: id('once'), diedAt: at(5) },
        { activityId: id('twice'), diedAt: at(9) },
      ];
      assert.deepEqual(inOrder(await repository.findDeaths(asked)), expected);
      assert.deepEqual(await repository.findDeaths([]), []);
      assert.deepEqual(await repository.findDeaths([id('never')]), []);
      // Replayed letters are removed, so they are no deaths any more.
      await repository.remove([once, ...twice.slice(0, 1)]);
      const left = [{ activityId: id('twice'), diedAt: at(7) }];
      assert.deepEqual(await repository.findDeaths(asked), left);
    },
  },
  {
    promise: 'B8',
    title:
      'a thousand activities can be queried at once, and a thousand letters of one activity are one death',
    async run(subject) {
      const [repository, queue] = [await subject.open(), await subject.queue()];
      const several = Array.from({ length: 1000 }, (_, index) => ofActivity(index, `several-${index}`, 1));
      const same = Array.from({ length: 1000 }, (_, index) => ofActivity(1000 + index, 'same', index));
      await queue.add([...several, ...same]);
      const asked = [...several, ...same].flatMap(({ activityId = id('none') }) => activityId);
      const deaths = await repository.findDeaths(asked);
      assert.equal(deaths.length, 1001);
      assert.deepEqual(
        deaths.find(({ activityId }) => activityId === 'same'),
        { activityId: id('same'), diedAt: at(999) },
      );
    },
  },
];
