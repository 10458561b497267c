import assert from 'node:assert/strict';
import { DomainError, LogMismatch, type LogRecord, type OffsetSpan } from '@user-activity/domain';
import { logCases, type LogSubject, publish } from './log-subject.ts';
import { Reader } from './reader.ts';
import { idsOf, sampleActivities } from './samples.ts';

/** The promise L14 about the offset at which a member continues. All activities of a case are on one partition. */
export const resumeCases = logCases({
  L14: {
    async 'if `resumeAt` returns a lower offset, the member continues there and handles nothing before it'(
      subject,
    ) {
      const [old, fresh] = [sampleActivities(30), sampleActivities(5)];
      const [atIndex10, end] = await handledByGroup(subject, old);
      await publish(subject, fresh);
      const asked: number[] = [];
      const spans: OffsetSpan[] = [];
      const reader = await Reader.start(
        subject,
        'one',
        (_, __, span) => spans.push(span),
        async (partition, next) => {
          if (partition === atIndex10.origin.partition) asked.push(next);
          return Math.min(next, atIndex10.origin.offset);
        },
      );
      await reader.waitFor([...old.slice(10), ...fresh]);
      await reader.stop();
      assert.deepEqual(asked, [end]);
      assert.deepEqual(reader.ids, idsOf([...old.slice(10), ...fresh]));
      assert.equal(spans[0]?.from, atIndex10.origin.offset);
      // Each span begins where the previous span ended.
      const ends = reader.batches.map((batch) => (batch.at(-1)?.origin.offset ?? 0) + 1);
      assert.deepEqual(
        spans.map(({ to }) => to),
        ends,
      );
      assert.deepEqual(
        spans.slice(1).map(({ from }) => from),
        ends.slice(0, -1),
      );
    },
    async 'if `resumeAt` returns a lower offset, the member continues there even without new records'(
      subject,
    ) {
      const old = sampleActivities(30);
      const [atIndex10] = await handledByGroup(subject, old);
      const reader = await Reader.start(
        subject,
        'one',
        () => undefined,
        async (partition, next) =>
          partition === atIndex10.origin.partition ? Math.min(next, atIndex10.origin.offset) : next,
      );
      await reader.waitFor(old.slice(10));
      await reader.stop();
      assert.deepEqual(reader.ids, idsOf(old.slice(10)));
    },
    async 'if `resumeAt` returns the offset of the group, the member continues there and does not call it again'(
      subject,
    ) {
      const [old, fresh, later] = [sampleActivities(10), sampleActivities(5), sampleActivities(5)];
      const [atIndex10, end] = await handledByGroup(subject, old);
      const asked: number[] = [];
      await publish(subject, fresh);
      const reader = await Reader.start(
        subject,
        'one',
        () => undefined,
        async (partition, next) => {
          if (partition === atIndex10.origin.partition) asked.push(next);
          return next;
        },
      );
      await reader.waitFor(fresh);
      await publish(subject, later);
      await reader.waitFor(later);
      await reader.stop();
      assert.deepEqual(reader.ids, idsOf([...fresh, ...later]));
      assert.deepEqual(asked, [end]);
    },
    async 'before it repeats a batch, the member calls `resumeAt` again, and continues at the returned offset'(
      subject,
    ) {
      const activities = sampleActivities(40);
      await publish(subject, activities.slice(0, 20));
      let isFailing = false;
      let failures = 0;
      const reader = await Reader.start(
        subject,
        'one',
        () => {
          if (!isFailing) return;
          failures += 1;
          throw new Error('the handler fails');
        },
        async (_, next) => {
          // After the failure, a backup has replaced the store, so its offset is lower.
          if (failures > 0) isFailing = false;
          return failures > 0 ? Math.min(next, firstOffsetOf(reader) + 5) : next;
        },
      );
      await reader.waitFor(activities.slice(0, 20));
      const handledBefore = reader.records.length;
      isFailing = true;
      await publish(subject, activities.slice(20));
      await reader.waitFor(activities);
      await reader.stop();
      assert.equal(failures, 1);
      assert.deepEqual(
        reader.records.slice(handledBefore).map(idOf),
        idsOf(activities.slice(5)),
        'the records from the returned offset on are handled again, once and in order',
      );
    },
    async 'the member calls `resumeAt` again if it rejects with a DomainError'(subject) {
      const activities = sampleActivities(5);
      await publish(subject, activities);
      const attempts = new Map<number, number>();
      const reader = await Reader.start(
        subject,
        'one',
        ([record]) => assert.equal(attempts.get(record?.origin.partition ?? -1), 3),
        async (partition, next) => {
          const attempt = (attempts.get(partition) ?? 0) + 1;
          attempts.set(partition, attempt);
          if (attempt < 3) throw new DomainError('STORE_UNAVAILABLE', 'The store is out of reach.');
          return next;
        },
      );
      await reader.waitFor(activities);
      await reader.stop();
      assert.equal(attempts.get(reader.records[0]?.origin.partition ?? -1), 3);
    },
    async 'if `resumeAt` rejects with another error, the member ends, and handles and commits no record'(
      subject,
    ) {
      const activities = sampleActivities(5);
      await publish(subject, activities);
      const mismatch = new LogMismatch('the log has lost records');
      const reader = await Reader.start(
        subject,
        'one',
        () => undefined,
        async () => {
          throw mismatch;
        },
      );
      await assert.rejects(reader.waitForEnd(), mismatch);
      assert.deepEqual(reader.batches, []);
      await reader.stop();
      const next = await Reader.readAll(subject, activities);
      assert.deepEqual(next.ids, idsOf(activities));
    },
  },
});

/** Publishes activities, and lets the group handle them. Returns the record at index 10, or the last one, and the offset after the last. */
async function handledByGroup(
  subject: LogSubject,
  activities: Parameters<typeof publish>[1],
): Promise<readonly [atIndex10: LogRecord, end: number]> {
  await publish(subject, activities);
  const { records } = await Reader.readAll(subject, activities);
  const [atIndex10, last] = [records[10] ?? records.at(-1), records.at(-1)];
  assert.ok(atIndex10 !== undefined && last !== undefined);
  return [atIndex10, last.origin.offset + 1];
}

const firstOffsetOf = (reader: Reader): number => reader.records[0]?.origin.offset ?? 0;

const idOf = ({ content }: LogRecord): string =>
  content.name === 'ActivityLogged' ? content.activity.id : '';
