import assert from 'node:assert/strict';
import { type ActivityRepository, LogId, type SettledOffsets, type SettledStep } from '@user-activity/domain';
import { casesWith, type StoreSubject } from './contract.ts';
import { assertEachRejects } from './rejections.ts';
import { sampleActivity } from './samples.ts';

/** A store with settled offsets. */
export interface SettledOffsetsSubject extends StoreSubject<SettledOffsets> {
  /** Opens the activities of the same store. */
  repository(): Promise<ActivityRepository>;
}

const settledCases = casesWith(
  async (subject: SettledOffsetsSubject) => [await subject.open(), subject] as const,
);

const [one, other] = [LogId.parse('one'), LogId.parse('Other-2')];

/** Makes a step of a partition of the log `one`, by default of partition 0. */
const step = (from: number, to: number, partition = 0): SettledStep => ({ log: one, partition, from, to });

/** The promises of every `SettledOffsets`, by the numbers in its doc comment. */
export const settledOffsetsContract = settledCases({
  S1: {
    async 'a step raises the offset, and a repeated or older step does not lower it'(settled) {
      await settled.begin(one, [5]);
      for (const [from, to, expected] of [
        [5, 8, 8],
        [8, 2 ** 40, 2 ** 40],
        [8, 2 ** 40, 2 ** 40],
        [5, 8, 2 ** 40],
        [0, 1, 2 ** 40],
        [2 ** 40, 2 ** 53 - 1, 2 ** 53 - 1],
      ] as const) {
        assert.equal(await settled.settle(step(from, to)), true);
        assert.deepEqual(await settled.find(one), [expected]);
      }
    },
  },
  S2: {
    async '`settle` returns false and changes nothing if the step begins above the offset'(settled) {
      await settled.begin(one, [5, 0]);
      assert.equal(await settled.settle(step(6, 9)), false);
      assert.equal(await settled.settle(step(1, 2, 1)), false);
      assert.deepEqual(await settled.find(one), [5, 0]);
      assert.equal(await settled.settle(step(5, 9)), true);
      assert.deepEqual(await settled.find(one), [9, 0]);
    },
    async '`settle` returns false and changes nothing if the log or partition is unknown'(settled) {
      assert.equal(await settled.settle(step(0, 3)), false);
      assert.equal(await settled.find(one), undefined);
      await settled.begin(one, [0, 0]);
      assert.equal(await settled.settle(step(0, 3, 2)), false);
      assert.deepEqual(await settled.find(one), [0, 0]);
    },
  },
  S3: {
    async '`settle` changes the offset of its own log and partition only'(settled) {
      await settled.begin(one, [0, 10, 20]);
      await settled.begin(other, [7]);
      assert.equal(await settled.settle(step(10, 15, 1)), true);
      assert.equal(await settled.settle({ ...step(7, 8), log: other }), true);
      assert.deepEqual(await settled.find(one), [0, 15, 20]);
      assert.deepEqual(await settled.find(other), [8]);
      assert.equal(await settled.find(LogId.parse('One')), undefined);
    },
    async 'a log may have 1,000 partitions'(settled) {
      const offsets = Array.from({ length: 1000 }, (_, index) => index * 3);
      await settled.begin(one, offsets);
      assert.equal(await settled.settle(step(2997, 3000, 999)), true);
      assert.deepEqual(await settled.find(one), offsets.with(999, 3000));
    },
  },
  S4: {
    async 'only the first call of `begin` sets the offsets of a log'(settled) {
      assert.equal(await settled.find(one), undefined);
      await settled.begin(one, [3, 4]);
      await settled.begin(one, [9, 9]);
      assert.deepEqual(await settled.find(one), [3, 4]);
    },
    async 'of many concurrent calls of `begin`, one sets the offsets of all partitions'(_, subject) {
      for (let round = 0; round < 5; round += 1) {
        const log = LogId.parse(`race-${round}`);
        const handles = await Promise.all(Array.from({ length: 8 }, () => subject.open()));
        await Promise.all(handles.map((handle, index) => handle.begin(log, [index, index, index])));
        const found = (await handles[0]?.find(log)) ?? [];
        assert.equal(found.length, 3);
        assert.equal(new Set(found).size, 1, `the offsets come from several calls: ${found.join()}`);
      }
    },
  },
  S5: {
    async 'a new handle returns what another handle has set'(settled, subject) {
      await settled.begin(one, [1, 2]);
      await settled.settle(step(2, 6, 1));
      const later = await subject.open();
      assert.deepEqual(await later.find(one), [1, 6]);
      assert.equal(await later.settle(step(6, 7, 1)), true);
      assert.deepEqual(await settled.find(one), [1, 7]);
      assert.equal(await later.history(), 'tracked');
    },
  },
  S6: {
    async 'after concurrent steps, the offset is the highest end of the steps that returned true'(
      settled,
      subject,
    ) {
      await settled.begin(one, [0, 0]);
      const handles = await Promise.all(Array.from({ length: 8 }, () => subject.open()));
      const taken = await Promise.all(
        handles.flatMap((handle, index) => [
          handle.settle(step(0, 10 + index)),
          handle.settle(step(0, 20 + index, 1)),
        ]),
      );
      assert.deepEqual(new Set(taken), new Set([true]));
      assert.deepEqual(await settled.find(one), [17, 27]);
    },
  },
  S7: {
    async '`history` is `empty` at first, `untracked` with activities, and `tracked` after `begin`'(
      settled,
      subject,
    ) {
      assert.equal(await settled.history(), 'empty');
      const repository = await subject.repository();
      await repository.save([sampleActivity()]);
      assert.equal(await settled.history(), 'untracked');
      await settled.begin(other, [0]);
      assert.equal(await settled.history(), 'tracked');
    },
    async '`history` is `tracked` if an activity has an origin, even if all settled offsets are lost'(
      settled,
      subject,
    ) {
      const repository = await subject.repository();
      await repository.save([sampleActivity()]);
      await repository.save([sampleActivity()], [{ log: one, partition: 0, offset: 7 }]);
      assert.equal(await settled.history(), 'tracked');
    },
    async '`history` is `tracked` after `begin`, even without activities'(settled) {
      await settled.begin(one, [0]);
      assert.equal(await settled.history(), 'tracked');
    },
  },
  S8: {
    async 'calls reject while the store is unreachable, and work again afterwards'(settled, subject) {
      await settled.begin(one, [0]);
      const restore = await subject.interrupt();
      const codes = ['STORE_UNAVAILABLE', 'STORE_TIMEOUT'] as const;
      await assertEachRejects(
        [
          () => settled.settle(step(0, 5)),
          () => settled.find(one),
          () => settled.begin(other, [1]),
          () => settled.history(),
        ],
        ...codes,
      );
      await restore();
      assert.equal(await settled.settle(step(0, 5)), true);
      await settled.begin(other, [1]);
      assert.deepEqual(await settled.find(one), [5]);
      assert.deepEqual(await settled.find(other), [1]);
    },
  },
});
