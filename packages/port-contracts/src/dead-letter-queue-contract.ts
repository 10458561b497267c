import assert from 'node:assert/strict';
import { type DeadLetter, type DeadLetterQueue, Timestamp } from '@user-activity/domain';
import * as fc from 'fast-check';
import type { Contract, Subject } from './contract.ts';
import { assertRejects } from './rejections.ts';

/** One queue, empty at first. */
export interface DeadLetterSubject extends Subject {
  /** A handle of its own on the queue. */
  open(): Promise<DeadLetterQueue>;
  /** All letters as a new handle finds them, in any order. */
  letters(): Promise<readonly DeadLetter[]>;
  /** Puts the queue out of reach of every handle; what comes back undoes it. */
  interrupt(): Promise<() => Promise<void>>;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function letterOf(offset: number, change: Partial<DeadLetter> = {}): DeadLetter {
  return {
    origin: { topic: 'user-activity', partition: 0, offset },
    key: bytes('user-1'),
    value: bytes('{"no":"activity"}'),
    headers: {},
    code: 'unreadable',
    reason: '/userId is required',
    diedAt: Timestamp.parse('2026-01-02T03:04:05.678Z'),
    ...change,
  };
}

/** The bytes as text, long ones by a checksum: asserting prints both sides. */
const hex = (some: Uint8Array): string =>
  some.length <= 1024
    ? Buffer.from(some).toString('hex')
    : `${some.length} bytes of sum ${some.reduce((sum, byte) => (sum * 31 + byte) % 4_294_967_291, 7)}`;

/** With bytes as text, as one kind of bytes is not deep-equal to another. */
const comparable = (letters: readonly DeadLetter[]): unknown[] =>
  letters
    .map(({ key, value, headers, ...rest }) => ({
      ...rest,
      key: key && hex(key),
      value: value && hex(value),
      headers: Object.fromEntries(Object.entries(headers).map(([name, header]) => [name, header.map(hex)])),
    }))
    .toSorted((a, b) => a.origin.partition - b.origin.partition || a.origin.offset - b.origin.offset);

const same = (found: readonly DeadLetter[], expected: readonly DeadLetter[]): void =>
  assert.deepEqual(comparable(found), comparable(expected));

/** What every `DeadLetterQueue` promises, by the numbers in its doc comment. */
export const deadLetterQueueContract: Contract<DeadLetterSubject> = [
  {
    promise: 'D1',
    title: 'what was added is there for a new handle',
    async run(subject) {
      const letters = [letterOf(1), letterOf(2, { code: 'conflict' }), letterOf(3, { code: 'refused' })];
      await (await subject.open()).add(letters);
      same(await subject.letters(), letters);
    },
  },
  {
    promise: 'D2',
    title: 'a letter of the same origin takes its place, of any other it stands beside it',
    async run(subject) {
      const queue = await subject.open();
      const later = letterOf(1, { diedAt: Timestamp.parse('2026-01-02T03:05:00Z'), reason: 'again' });
      const otherPartition = letterOf(1, { origin: { topic: 'user-activity', partition: 1, offset: 1 } });
      await queue.add([letterOf(1), otherPartition]);
      await queue.add([later]);
      await queue.add([letterOf(7), letterOf(7, { reason: 'twice in one call' })]);
      same(await subject.letters(), [later, otherPartition, letterOf(7, { reason: 'twice in one call' })]);
    },
  },
  {
    promise: 'D3',
    title: 'bytes come out as they were, whatever they are',
    async run(subject) {
      const queue = await subject.open();
      const anyBytes = fc.option(fc.uint8Array({ maxLength: 64 }));
      const anyHeaders = fc.dictionary(
        fc.string({ minLength: 1, maxLength: 8 }).filter((name) => name !== '__proto__'),
        fc.array(fc.uint8Array({ maxLength: 16 }), { minLength: 1, maxLength: 3 }),
        { maxKeys: 3, noNullPrototype: true },
      );
      const added: DeadLetter[] = [];
      await fc.assert(
        fc.asyncProperty(anyBytes, anyBytes, anyHeaders, async (key, value, headers) => {
          const letter = letterOf(added.length, { key, value, headers });
          added.push(letter);
          await queue.add([letter]);
        }),
        { numRuns: 50, endOnFailure: true },
      );
      const largest = letterOf(added.length, { value: new Uint8Array(1024 * 1024).fill(0xff) });
      await queue.add([largest]);
      same(await subject.letters(), [...added, largest]);
    },
  },
  {
    promise: 'D4',
    title: 'out of reach it says so in the words of the domain, and afterwards it works again',
    async run(subject) {
      const queue = await subject.open();
      const restore = await subject.interrupt();
      await assertRejects(queue.add([letterOf(1)]), 'STORE_UNAVAILABLE', 'LOG_UNAVAILABLE');
      await restore();
      await queue.add([letterOf(1)]);
      same(await subject.letters(), [letterOf(1)]);
    },
  },
];
