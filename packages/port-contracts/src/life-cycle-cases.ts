import assert from 'node:assert/strict';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import type { Cancellation, EventConsumer } from '@user-activity/domain';
import { logCases, type LogSubject, publish } from './log-subject.ts';
import { Reader } from './reader.ts';
import { assertRejects } from './rejections.ts';
import { sampleActivities } from './samples.ts';

/** Resolves when the signal is aborted. */
export const untilAborted = (signal: Cancellation): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** The promises about stopping, ending, `ping` and `progress`. */
export const lifeCycleCases = logCases({
  L8: {
    async '`stop` cancels the handler, waits until it settles, and calls no handler afterwards'(subject) {
      const [first, later] = [sampleActivities(5), sampleActivities(5)];
      const handlerCalled = Promise.withResolvers<void>();
      const events: string[] = [];
      const reader = await Reader.start(subject, 'one', async (_, signal) => {
        events.push('called');
        handlerCalled.resolve();
        await untilAborted(signal);
        await nextTurn();
        events.push('settled');
      });
      await publish(subject, first);
      await handlerCalled.promise;
      await reader.stop();
      events.push('stopped');
      await reader.stop();
      await publish(subject, later);
      await Reader.readAll(subject, later, 'witness');
      const rounds = events.filter((event) => event === 'called').length;
      assert.equal(events.filter((event) => event === 'settled').length, rounds);
      assert.equal(events.at(-1), 'stopped');
    },
  },
  L10: {
    async '`ended` resolves after `stop`, and not before'(subject) {
      const consumer = await subject.openConsumer('one');
      let ended = false;
      const endedIsNoted = consumer.ended.then(() => {
        ended = true;
      });
      await consumer.start(async () => undefined);
      await nextTurn();
      assert.equal(ended, false);
      await consumer.stop();
      await endedIsNoted;
    },
  },
  L11: {
    async '`ping` resolves while the member can receive records, and rejects otherwise'(subject) {
      const consumer = await subject.openConsumer('one');
      await consumer.start(async () => undefined);
      await consumer.ping();
      const restore = await subject.interrupt();
      await assertRejects(consumer.ping(), 'LOG_UNAVAILABLE');
      await restore();
      await untilPingResolves(consumer);
      await consumer.stop();
      await assertRejects(consumer.ping(), 'LOG_UNAVAILABLE');
    },
  },
  L13: {
    async '`progress` returns the offsets of the group, even before the member has joined'(subject) {
      const activities = sampleActivities(30);
      const [first, second] = [await subject.openConsumer('one'), await subject.openConsumer('other')];
      const lags = () => Promise.all([first, second].map(lagOf));
      assert.deepEqual(await lags(), [0, 0]);
      await publish(subject, activities);
      assert.deepEqual(await lags(), [30, 30]);
      const partitions = await first.progress();
      assert.deepEqual(
        partitions.map(({ oldest, committed }) => oldest - committed),
        partitions.map(() => 0),
      );
      const gate = Promise.withResolvers<void>();
      await first.start(() => gate.promise);
      assert.deepEqual(await lags(), [30, 30]);
      gate.resolve();
      await untilCaughtUp(subject, first);
      assert.deepEqual(await lags(), [0, 30]);
      assert.equal(await storedOffsets(first), 30);
      // A new handle returns the progress too, because each handle reads it from the log.
      await first.stop();
      await publish(subject, activities.slice(0, 3));
      assert.equal(await lagOf(await subject.openConsumer('one')), 3);
      await second.stop();
    },
    async 'a member with `resumeAt` marks its commits, even without records, and one without `resumeAt` does not'(
      subject,
    ) {
      const handle = async (): Promise<void> => undefined;
      const member = await subject.openConsumer('one');
      await untilMarked(subject, member, false);
      await member.start(handle, async (_, next) => next);
      await untilMarked(subject, member, subject.marksCommits);
      await publish(subject, sampleActivities(3));
      await untilCaughtUp(subject, member);
      await member.stop();
      const other = await subject.openConsumer('one');
      await untilMarked(subject, other, subject.marksCommits);
      await other.start(handle);
      await untilMarked(subject, other, false);
      await other.stop();
    },
    async '`progress` rejects while the log is unreachable, and works again afterwards'(subject) {
      const consumer = await subject.openConsumer('one');
      await consumer.start(async () => undefined);
      await publish(subject, sampleActivities(3));
      const restore = await subject.interrupt();
      await assertRejects(consumer.progress(), 'LOG_UNAVAILABLE');
      await restore();
      await untilCaughtUp(subject, consumer);
      await consumer.stop();
    },
  },
});

/** Returns the lag of the group over all reported partitions. */
async function lagOf(consumer: EventConsumer): Promise<number> {
  const partitions = await consumer.progress();
  return partitions.reduce((sum, { committed, end }) => sum + end - committed, 0);
}

/** Returns the number of offsets from the oldest record to the end of the log, over all reported partitions. */
async function storedOffsets(consumer: EventConsumer): Promise<number> {
  const partitions = await consumer.progress();
  return partitions.reduce((sum, { oldest, end }) => sum + end - oldest, 0);
}

/** Waits until the group has no lag. */
async function untilCaughtUp({ timeoutMs = 45_000 }: LogSubject, consumer: EventConsumer): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (let lag = await lagOf(consumer); lag !== 0; lag = await lagOf(consumer)) {
    assert.ok(performance.now() < deadline, `the group still has a lag of ${lag}`);
    await delay(20);
  }
}

/** Waits until `progress` returns this value of `isMarked` for every partition. */
async function untilMarked(
  { timeoutMs = 45_000 }: LogSubject,
  consumer: EventConsumer,
  isMarked: boolean,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while ((await consumer.progress()).some((progress) => progress.isMarked !== isMarked)) {
    assert.ok(performance.now() < deadline, `isMarked is not ${isMarked} in every partition`);
    await delay(20);
  }
}

/** Waits until `ping` resolves again. The member may have to rejoin its group first. */
async function untilPingResolves(consumer: EventConsumer): Promise<void> {
  for (;;) {
    try {
      return await consumer.ping();
    } catch {
      await delay(20);
    }
  }
}
