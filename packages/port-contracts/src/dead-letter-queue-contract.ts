import {
  ActivityId,
  type DeadLetter,
  type DeadLetterQueue,
  ProjectId,
  Timestamp,
} from '@user-activity/domain';
import * as fc from 'fast-check';
import { casesWith, type StoreSubject } from './contract.ts';
import { assertSameLetters, bytes, letterOf, lettersOfLogs } from './letters.ts';
import { assertRejects } from './rejections.ts';

/** A queue of dead letters. */
export interface DeadLetterSubject extends StoreSubject<DeadLetterQueue> {
  /** Reads all letters of the queue with a new handle, in any order. */
  letters(): Promise<readonly DeadLetter[]>;
}

const queueCases = casesWith(async (subject: DeadLetterSubject) => [await subject.open(), subject] as const);

/** The promises of every `DeadLetterQueue`, by the numbers in its doc comment. */
export const deadLetterQueueContract = queueCases({
  D1: {
    async 'a new handle returns the added letters'(queue, subject) {
      const letters = [letterOf(1), letterOf(2, { code: 'conflict' }), letterOf(3, { code: 'refused' })];
      letters.push(letterOf(4, { code: 'invalid', activityId: ActivityId.parse('a') }));
      await queue.add(letters);
      assertSameLetters(await subject.letters(), letters);
    },
  },
  D2: {
    async 'a letter replaces only a letter with the same origin'(queue, subject) {
      const later = letterOf(1, { diedAt: Timestamp.parse('2026-01-02T03:05:00Z'), reason: 'again' });
      const otherPartition = letterOf(1, { origin: { topic: 'user-activity', partition: 1, offset: 1 } });
      await queue.add([letterOf(1), otherPartition]);
      await queue.add([later]);
      await queue.add([letterOf(7), letterOf(7, { reason: 'twice in one call' })]);
      assertSameLetters(await subject.letters(), [
        later,
        otherPartition,
        letterOf(7, { reason: 'twice in one call' }),
      ]);
    },
  },
  D3: {
    async 'letters come back unchanged, whatever bytes they have'(queue, subject) {
      const anyBytes = fc.option(fc.uint8Array({ maxLength: 64 }));
      const anyHeaders = fc.dictionary(
        fc.string({ minLength: 1, maxLength: 8 }).filter((name) => name !== '__proto__'),
        fc.array(fc.uint8Array({ maxLength: 16 }), { minLength: 1, maxLength: 3 }),
        { maxKeys: 3, noNullPrototype: true },
      );
      const inherited = {
        constructor: [bytes('a'), bytes('b')],
        valueOf: [bytes('c')],
        ['__proto__']: [bytes('d')],
      };
      const added: DeadLetter[] = [letterOf(0, { headers: inherited })];
      await queue.add(added);
      await fc.assert(
        fc.asyncProperty(anyBytes, anyBytes, anyHeaders, async (key, value, headers) => {
          const letter = letterOf(added.length, { key, value, headers });
          added.push(letter);
          await queue.add([letter]);
        }),
        { numRuns: 50, endOnFailure: true },
      );
      const largest = letterOf(added.length, { value: new Uint8Array(1024 * 1024).fill(0xff) });
      const attributed = letterOf(added.length + 1, { activityId: ActivityId.parse('~'.repeat(128)) });
      const farthest = letterOf(0, {
        origin: { topic: 'http', partition: 2 ** 31 - 1, offset: Number.MAX_SAFE_INTEGER },
      });
      const ofProjects = ['a', '_system', 'p'.repeat(64)].map((name, index) =>
        letterOf(added.length + 2 + index, { project: ProjectId.parseReadable(name) }),
      );
      const others = [largest, attributed, farthest, ...ofProjects];
      await queue.add(others);
      assertSameLetters(await subject.letters(), [...added, ...others]);
    },
  },
  D4: {
    async 'calls reject while the store is unreachable, and work again afterwards'(queue, subject) {
      const restore = await subject.interrupt();
      await assertRejects(queue.add([letterOf(1)]), 'STORE_UNAVAILABLE', 'LOG_UNAVAILABLE');
      await restore();
      await queue.add([letterOf(1)]);
      assertSameLetters(await subject.letters(), [letterOf(1)]);
    },
  },
  D5: {
    async 'a letter replaces no letter of another log with the same topic, partition and offset'(
      queue,
      subject,
    ) {
      const letters = lettersOfLogs(1);
      for (const letter of letters) await queue.add([letter]);
      const together = lettersOfLogs(2);
      await queue.add(together);
      assertSameLetters(await subject.letters(), [...letters, ...together]);
      const again = lettersOfLogs(1, { reason: 'again' }).slice(1, 2);
      await queue.add(again);
      assertSameLetters(await subject.letters(), [...letters.toSpliced(1, 1, ...again), ...together]);
    },
  },
});
