import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { maxMetadataBytes, type RawRecord } from '@user-activity/domain';
import * as fc from 'fast-check';
import { anyActivity } from './arbitraries.ts';
import type { Contract } from './contract.ts';
import { deliveredErasureCases } from './erasure-log-cases.ts';
import { untilAborted, lifeCycleCases } from './life-cycle-cases.ts';
import { eventsOf, logCases, type LogSubject, publish } from './log-subject.ts';
import { Reader } from './reader.ts';
import { resumeCases } from './resume-cases.ts';
import { attributionCases, withPlainArrays } from './replay-cases.ts';
import { idsOf, confusableActivities, sampleActivities, sampleActivity } from './samples.ts';

const eventConsumerCases = logCases({
  L1: {
    async 'a new group gets the events published before and after it joined'(subject) {
      const [before, after] = [sampleActivities(10), sampleActivities(10)];
      await publish(subject, before);
      const reader = await Reader.start(subject, 'one');
      await publish(subject, after);
      await reader.waitFor(after);
      await reader.stop();
      assert.deepEqual(reader.ids, idsOf([...before, ...after]));
    },
    async 'two members of a group together get the events of every user'(subject) {
      const users = Array.from({ length: 20 }, (_, index) => `user-${index}`);
      const activities = users.flatMap((userId) => sampleActivities(5, { userId }));
      const readers = [await Reader.start(subject, 'one'), await Reader.start(subject, 'one')];
      await publish(subject, activities);
      const delivered = (): Set<string> => new Set(readers.flatMap(({ ids }) => ids));
      const isComplete = (): boolean => delivered().size === activities.length;
      await Promise.race(
        readers.map((reader) =>
          reader.waitUntil(isComplete, () => `only ${delivered().size} activities were delivered`),
        ),
      );
      await Promise.all(readers.map((reader) => reader.stop()));
      assert.deepEqual([...delivered()].toSorted(), idsOf(activities).toSorted());
    },
  },
  L2: {
    async 'the records of a partition are delivered by rising offset, one batch after the other'(subject) {
      const users = ['user-1', 'user-2', 'user-3', 'user-4', 'user-5'];
      const activities = users.flatMap((userId) => sampleActivities(400, { userId }));
      const busy = new Set<number>();
      const overlapping: number[] = [];
      const reader = await Reader.start(subject, 'one', async (records) => {
        const partition = records[0]?.origin.partition ?? -1;
        if (busy.has(partition)) overlapping.push(partition);
        busy.add(partition);
        await nextTurn();
        busy.delete(partition);
      });
      for (let from = 0; from < activities.length; from += 100) {
        await publish(subject, activities.slice(from, from + 100));
      }
      await reader.waitFor(activities);
      await reader.stop();
      assert.deepEqual(overlapping, []);
      for (const batch of reader.batches) {
        assert.equal(
          new Set(batch.map(({ origin }) => origin.partition)).size,
          1,
          'a batch has records of several partitions',
        );
      }
      const offsets = new Map<number, number>();
      for (const { origin } of reader.records) {
        assert.ok(
          origin.offset > (offsets.get(origin.partition) ?? -1),
          `offset ${origin.offset} was delivered after a higher one`,
        );
        offsets.set(origin.partition, origin.offset);
      }
    },
  },
  L3: {
    async 'a batch whose handler rejects is delivered again before any later record'(subject) {
      const activities = sampleActivities(30);
      const attempts: number[][] = [];
      const reader = await Reader.start(subject, 'one', async (records) => {
        attempts.push(records.map(({ origin }) => origin.offset));
        if (attempts.length <= 3) throw new Error('the handler fails');
      });
      await publish(subject, activities);
      await reader.waitFor(activities);
      await reader.stop();
      const first = attempts[0]?.[0];
      assert.deepEqual(
        attempts.slice(0, 4).map((offsets) => offsets[0]),
        [first, first, first, first],
      );
      assert.deepEqual(reader.ids, idsOf(activities));
    },
    async 'a batch that was cancelled before it was handled is delivered to the next member'(subject) {
      const activities = sampleActivities(30);
      await publish(subject, activities);
      const handlerCalled = Promise.withResolvers<void>();
      const first = await Reader.start(subject, 'one', async (_, signal) => {
        handlerCalled.resolve();
        await untilAborted(signal);
        throw new Error('cancelled');
      });
      await handlerCalled.promise;
      await first.stop();
      assert.deepEqual(first.batches, []);
      const second = await Reader.readAll(subject, activities);
      assert.deepEqual(second.ids, idsOf(activities));
    },
  },
  L4: {
    async 'handled records are not delivered to another member of the group'(subject) {
      const [handled, marker] = [sampleActivities(30), sampleActivity()];
      await publish(subject, handled);
      await Reader.readAll(subject, handled);
      await publish(subject, [marker]);
      const second = await Reader.readAll(subject, [marker]);
      assert.deepEqual(second.ids, [marker.id]);
    },
  },
  L5: {
    async 'if the handler of a group blocks, another group still gets every record, and the blocked one gets them later'(
      subject,
    ) {
      const activities = sampleActivities(30);
      const gate = Promise.withResolvers<void>();
      const slow = await Reader.start(subject, 'slow', () => gate.promise);
      const quick = await Reader.start(subject, 'quick');
      await publish(subject, activities);
      await quick.waitFor(activities);
      assert.deepEqual(slow.batches, []);
      gate.resolve();
      await slow.waitFor(activities);
      await Promise.all([slow.stop(), quick.stop()]);
      assert.deepEqual(slow.ids, quick.ids);
    },
  },
  L6: {
    async 'an unreadable record is delivered in order, with the reason and its bytes'(subject) {
      const [before, after] = [sampleActivity(), sampleActivity()];
      const key = Buffer.from(before.userId);
      const headers = { twice: [Buffer.from('one'), Buffer.from('two')], empty: [Buffer.alloc(0)] };
      const values = [
        Buffer.from('not json'),
        Buffer.from([0xff, 0xfe, 0x00]),
        Buffer.alloc(0),
        Buffer.from(JSON.stringify({ ...before.toJSON(), userId: ' ' })),
        Buffer.from('{"id":"x"}'),
        Buffer.from('[]'),
      ];
      await publish(subject, [before]);
      const appended: RawRecord[] = [];
      for (const value of values) appended.push(await subject.append({ key, value, headers }));
      await publish(subject, [after]);
      const reader = await Reader.readAll(subject, [after]);
      const kinds = reader.records.map(({ content }) => content.name);
      assert.deepEqual(kinds, ['ActivityLogged', ...values.map(() => 'Unreadable'), 'ActivityLogged']);
      for (const [index, record] of reader.records.slice(1, -1).entries()) {
        assert.ok(record.content.name === 'Unreadable' && record.content.reason.length > 0);
        assert.deepEqual(withPlainArrays(record.raw()), withPlainArrays(appended[index]));
      }
    },
    async 'a record with 20,000 headers is delivered with all of them'(subject) {
      const after = sampleActivity();
      const record = { key: Buffer.from(after.userId), value: null };
      const many = Array.from({ length: 20_000 }, (_, index) => [`h${index}`, [Buffer.from('v')]] as const);
      const appended = [
        await subject.append({ ...record, headers: Object.fromEntries(many) }),
        await subject.append({
          ...record,
          headers: { h: Array.from({ length: 20_000 }, () => Buffer.from('v')) },
        }),
      ];
      await publish(subject, [after]);
      const reader = await Reader.readAll(subject, [after]);
      const delivered = reader.records
        .slice(0, -1)
        .map((delivery) => JSON.stringify(withPlainArrays(delivery.raw())));
      // `deepEqual` would take minutes to print the difference between so many headers.
      assert.ok(
        delivered.join() === appended.map((bytes) => JSON.stringify(withPlainArrays(bytes))).join(),
        'the headers differ',
      );
    },
  },
  L7: {
    async 'a batch has 1 to 1,000 records'(subject) {
      const activities = sampleActivities(2500);
      await publish(subject, activities);
      const reader = await Reader.readAll(subject, activities);
      const sizes = reader.batches.map((batch) => batch.length);
      assert.ok(
        Math.min(...sizes) >= 1 && Math.max(...sizes) <= 1000,
        `the batches have ${sizes.join()} records`,
      );
    },
    async 'the spans of batches cover every offset, even offsets without a record'(subject) {
      const [before, after] = [sampleActivities(5), sampleActivities(5)];
      await publish(subject, before);
      const reader = await Reader.start(subject, 'one');
      await reader.waitFor(before);
      const partition = reader.records[0]?.origin.partition ?? -1;
      await subject.skipOffsets?.(partition);
      const end = await endOf(subject, partition);
      await reader.waitUntil(
        () => reader.spans.at(-1)?.to === end,
        () => `only the offsets below ${reader.spans.at(-1)?.to} were handled; the partition ends at ${end}`,
      );
      await publish(subject, after);
      await reader.waitFor(after);
      await reader.stop();
      let next = reader.spans[0]?.from;
      for (const [index, span] of reader.spans.entries()) {
        assert.equal(span.partition, partition);
        assert.equal(span.from, next, 'a span must begin where the previous one ended');
        assert.ok(span.to > span.from, 'a span must have offsets');
        for (const { origin } of reader.batches[index] ?? [])
          assert.ok(
            origin.offset >= span.from && origin.offset < span.to,
            'a span must include all records of its batch',
          );
        next = span.to;
      }
      const hasEmptyBatch = reader.batches.some((batch) => batch.length === 0);
      assert.equal(hasEmptyBatch, subject.skipOffsets !== undefined);
    },
  },
  L9: {
    async 'any published activity is delivered unchanged'(subject) {
      const reader = await Reader.start(subject, 'one');
      const publisher = await subject.openPublisher();
      await fc.assert(
        fc.asyncProperty(fc.array(anyActivity, { minLength: 1, maxLength: 20 }), async (activities) => {
          await publisher.publish(eventsOf(activities));
          await reader.waitFor(activities);
          const delivered = new Map(reader.activities.map((activity) => [activity.id, activity]));
          for (const activity of activities) assert.deepEqual(delivered.get(activity.id), activity);
        }),
        { numRuns: 25, endOnFailure: true, examples: [[confusableActivities()]] },
      );
      await reader.stop();
    },
    async 'activities with the largest values are delivered unchanged, and do not block others'(subject) {
      const reader = await Reader.start(subject, 'one');
      const fill = 'x'.repeat(maxMetadataBytes - '{"fill":""}'.length);
      const largest = ['a', 'b', 'c', 'd', 'e'].map((letter) =>
        sampleActivity({
          id: letter.repeat(128),
          userId: '😀'.repeat(256),
          type: '😀'.repeat(256),
          metadata: { fill },
        }),
      );
      const activities = [...largest, ...sampleActivities(3, { userId: '😀'.repeat(256) })];
      await publish(subject, activities);
      await reader.waitFor(activities);
      assert.deepEqual(reader.activities, activities);
      await reader.stop();
    },
  },
});

async function endOf(subject: LogSubject, partition: number): Promise<number> {
  const partitions = await (await subject.openConsumer('one')).progress();
  return partitions.find((progress) => progress.partition === partition)?.end ?? -1;
}

/** The promises of every `EventConsumer`, by the numbers in its doc comment. The records of a user are on one partition. */
export const eventConsumerContract: Contract<LogSubject> = [
  ...eventConsumerCases,
  ...deliveredErasureCases,
  ...lifeCycleCases,
  ...attributionCases,
  ...resumeCases,
];
