import assert from 'node:assert/strict';
import {
  ActivityId,
  AuditEvent,
  type JsonObject,
  maxOutboxEntries,
  type Outbox,
  type UserActivity,
} from '@user-activity/domain';
import { casesWith, type StoreSubject } from './contract.ts';
import { at } from './letters.ts';
import { assertEachRejects } from './rejections.ts';
import { idsOf } from './samples.ts';

/** A store with an outbox. */
export interface OutboxSubject extends StoreSubject<Outbox> {}

const outboxCases = casesWith(async (subject: OutboxSubject) => [await subject.open(), subject] as const);

const all = maxOutboxEntries;
const idOf = (number: number): ActivityId => ActivityId.parse(`event-${String(number).padStart(4, '0')}`);

/** Makes an audit event that happened `number` milliseconds after the default time. */
const eventOf = (number: number, details: JsonObject = { outcome: 'unknown' }): UserActivity =>
  AuditEvent.activity({ type: 'KEY_CREATED', actor: 'root', details }, { id: idOf(number), now: at(number) });

const done = (number: number): UserActivity => eventOf(number, { outcome: 'done' });

/** Adds an entry for each number, which is ready from `at(number)` on. */
async function addReady(outbox: Outbox, numbers: readonly number[]): Promise<void> {
  for (let from = 0; from < numbers.length; from += 50)
    await Promise.all(
      numbers.slice(from, from + 50).map(async (number) => {
        assert.equal(await outbox.add(eventOf(number), at(number), all), 'added');
      }),
    );
}

/** The promises of every `Outbox`, by the numbers in its doc comment. */
export const outboxContract = outboxCases({
  O1: {
    async 'a new handle returns every field of a settled entry'(outbox, subject) {
      const details = { project: 'a "name" of 𝒳', $set: { 'a.b': [1, null, 'x'] }, outcome: 'done' };
      await outbox.add(eventOf(1), at(5000), all);
      assert.equal(await outbox.settle(eventOf(1, details)), 'settled');
      assert.deepEqual(await (await subject.open()).findReady(at(0), all), [eventOf(1, details)]);
    },
    async 'a new handle settles an entry that another one added'(outbox, subject) {
      assert.equal(await outbox.add(eventOf(1), at(5000), all), 'added');
      assert.equal(await (await subject.open()).settle(done(1)), 'settled');
      assert.deepEqual(await outbox.findReady(at(0), all), [done(1)]);
    },
  },
  O2: {
    async 'findReady does not return a pending entry before its due time'(outbox, subject) {
      await outbox.add(eventOf(1), at(5000), all);
      for (const handle of [outbox, await subject.open()])
        assert.deepEqual(await handle.findReady(at(4999), all), []);
    },
  },
  O3: {
    async 'exactly one of many concurrent calls settles an entry, and its activity is kept'(outbox, subject) {
      await outbox.add(eventOf(1), at(5000), all);
      const handles = await Promise.all(Array.from({ length: 8 }, () => subject.open()));
      const outcomes = await Promise.all(
        handles.map((handle, index) => handle.settle(eventOf(1, { index, outcome: 'done' }))),
      );
      assert.equal(outcomes.filter((outcome) => outcome === 'settled').length, 1, outcomes.join());
      const index = outcomes.indexOf('settled');
      assert.deepEqual(await outbox.findReady(at(0), all), [eventOf(1, { index, outcome: 'done' })]);
    },
    async 'settling an entry that is not in the outbox returns `late`, and adds nothing'(outbox) {
      assert.equal(await outbox.settle(done(1)), 'late');
      assert.deepEqual(await outbox.findReady(at(9000), all), []);
    },
  },
  O4: {
    async 'a pending entry becomes ready at its due time, and never changes again'(outbox, subject) {
      await outbox.add(eventOf(1), at(5000), all);
      await outbox.add(eventOf(2), at(5001), all);
      assert.deepEqual(await outbox.findReady(at(5000), all), [eventOf(1)]);
      assert.equal(await (await subject.open()).settle(done(1)), 'late');
      assert.equal(await outbox.settle(done(2)), 'settled');
      // The clock of another process may be behind. An earlier time does not make the entry pending again.
      assert.deepEqual(await outbox.findReady(at(0), all), [eventOf(1), done(2)]);
      assert.equal(await outbox.settle(eventOf(2)), 'late');
      assert.deepEqual(await outbox.findReady(at(9000), all), [eventOf(1), done(2)]);
    },
  },
  O5: {
    async 'a withdrawn entry never becomes ready, and others stay'(outbox, subject) {
      for (const number of [1, 2]) await outbox.add(eventOf(number), at(5000), all);
      await (await subject.open()).withdraw(idOf(1));
      await outbox.withdraw(idOf(1));
      assert.equal(await outbox.settle(done(1)), 'late');
      assert.deepEqual(await outbox.findReady(at(9000), all), [eventOf(2)]);
    },
    async 'a ready entry cannot be withdrawn'(outbox) {
      for (const number of [1, 2]) await outbox.add(eventOf(number), at(5000 * number), all);
      await outbox.settle(done(2));
      assert.deepEqual(await outbox.findReady(at(5000), all), [eventOf(1), done(2)]);
      for (const number of [1, 2]) await outbox.withdraw(idOf(number));
      assert.deepEqual(await outbox.findReady(at(5000), all), [eventOf(1), done(2)]);
    },
  },
  O6: {
    async 'findReady returns the oldest entries, sorted by time and then by id, up to the limit'(outbox) {
      const sameTime = (number: number): UserActivity =>
        AuditEvent.activity(
          { type: 'SEARCHED', actor: 'anonymous', details: {} },
          { id: idOf(number), now: at(3) },
        );
      for (const activity of [eventOf(9), sameTime(5), eventOf(1), sameTime(3), sameTime(4)])
        await outbox.add(activity, at(0), all);
      const sorted = [1, 3, 4, 5, 9].map(idOf);
      assert.deepEqual(idsOf(await outbox.findReady(at(0), all)), sorted);
      for (const limit of [1, 3])
        assert.deepEqual(idsOf(await outbox.findReady(at(0), limit)), sorted.slice(0, limit));
    },
  },
  O7: {
    async '`remove` removes exactly the entries with the given ids'(outbox, subject) {
      await addReady(outbox, [1, 2, 3, 4]);
      await (await subject.open()).remove([2, 4, 7].map(idOf));
      await outbox.remove([]);
      await outbox.remove([idOf(2)]);
      assert.deepEqual(idsOf(await outbox.findReady(at(100), all)), [1, 3].map(idOf));
    },
  },
  O8: {
    async '`add` returns `full` while the outbox is full, and adds again after a removal'(outbox, subject) {
      await outbox.add(eventOf(1), at(90_000), all);
      await addReady(
        outbox,
        Array.from({ length: maxOutboxEntries - 1 }, (_, index) => 2 + index),
      );
      assert.equal(await outbox.add(eventOf(9001), at(0), all), 'full');
      assert.equal(await (await subject.open()).add(eventOf(9001), at(0), all), 'full');
      const ready = await outbox.findReady(at(80_000), all);
      assert.equal(ready.length, maxOutboxEntries - 1);
      assert.equal(ready.at(-1)?.id, idOf(maxOutboxEntries));
      await outbox.remove([idOf(7)]);
      assert.equal(await outbox.add(eventOf(9001), at(0), all), 'added');
      assert.equal(await outbox.add(eventOf(9002), at(0), all), 'full');
      // A pending entry counts too, and is not lost.
      assert.equal(await outbox.settle(done(1)), 'settled');
    },
    async '`add` returns `full` sooner with a lower maximum, and still adds with a higher one'(outbox) {
      await outbox.add(eventOf(1), at(5000), 3);
      await addReady(outbox, [2, 3]);
      assert.equal(await outbox.add(eventOf(4), at(0), 3), 'full');
      assert.equal(await outbox.add(eventOf(4), at(0), 4), 'added');
      assert.deepEqual(idsOf(await outbox.findReady(at(100), all)), [2, 3, 4].map(idOf));
    },
  },
  O9: {
    async 'calls reject while the store is unreachable, and work again afterwards'(outbox, subject) {
      await outbox.add(eventOf(1), at(5000), all);
      const everyCall = [
        () => outbox.add(eventOf(2), at(0), all),
        () => outbox.settle(done(1)),
        () => outbox.withdraw(idOf(3)),
        () => outbox.findReady(at(0), all),
        () => outbox.remove([idOf(4)]),
      ];
      const restore = await subject.interrupt();
      await assertEachRejects(everyCall, 'STORE_UNAVAILABLE', 'STORE_TIMEOUT');
      await restore();
      for (const call of everyCall) await call();
    },
  },
});
