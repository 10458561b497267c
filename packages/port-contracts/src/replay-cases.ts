import assert from 'node:assert/strict';
import {
  firstCopyOf,
  LogId,
  type LogRecord,
  type OriginalRecord,
  type RawRecord,
  replayHeader,
} from '@user-activity/domain';
import { bytes } from './letters.ts';
import { eventsOf, logCases, type LogSubject, publish } from './log-subject.ts';
import { Reader } from './reader.ts';
import { assertRejects } from './rejections.ts';
import { sampleActivities, sampleActivity } from './samples.ts';

/** Waits until this many records have been delivered. */
const waitForCount = (reader: Reader, wanted: number): Promise<void> =>
  reader.waitUntil(
    () => reader.records.length >= wanted,
    () => `${reader.records.length} of ${wanted} records were delivered`,
  );

/** Returns the record with its bytes as plain arrays, because Buffer and Uint8Array are never deep-equal. */
export const withPlainArrays = (record: RawRecord | undefined): unknown =>
  record && {
    key: record.key && [...record.key],
    value: record.value && [...record.value],
    headers: Object.entries(record.headers).map(([name, values]) => [
      name,
      values.map((value) => [...value]),
    ]),
  };

// A header may have the name of a member that every object inherits.
const headers = {
  twice: [bytes('one'), Uint8Array.of(0xff)],
  empty: [new Uint8Array()],
  constructor: [bytes('two')],
};

/** Appends records without the publisher, and waits until they are delivered. Returns them with their origins. */
async function appendFirstCopies(subject: LogSubject, reader: Reader, records: readonly RawRecord[]) {
  const before = reader.records.length;
  for (const record of records) await subject.append(record);
  await waitForCount(reader, before + records.length);
  return reader.records.slice(before).map(firstCopyOf);
}

/** Returns the records that were delivered after the first `seen` records, by the origin of their first copy. */
const replaysAfter = (reader: Reader, seen: number): Map<string, LogRecord> =>
  new Map(reader.records.slice(seen).map((record) => [JSON.stringify(record.replayOf), record]));

/** The promises of a publisher about `republish`. */
export const republishCases = logCases({
  P6: {
    async 'a record republished three times keeps its bytes, its partition and its first origin'(subject) {
      const reader = await Reader.start(subject, 'one');
      const publisher = await subject.openPublisher();
      const poison = ['user-1', 'user-2', 'user-3', null].map((user) => ({
        key: user === null ? null : bytes(user),
        value: user === null ? Uint8Array.of(0xff, 0) : bytes('not json'),
        headers,
      }));
      const firsts = await appendFirstCopies(subject, reader, [
        ...poison,
        { key: null, value: null, headers: {} },
      ]);
      let again = firsts;
      for (let round = 1; round <= 3; round += 1) {
        const seen = reader.records.length;
        assert.deepEqual(
          await publisher.republish(again),
          firsts.map(() => 'published'),
        );
        await waitForCount(reader, seen + firsts.length);
        const replays = replaysAfter(reader, seen);
        again = firsts.map((first) => {
          const replay = replays.get(JSON.stringify(first.origin));
          assert.ok(replay, 'no replay has the origin of this first copy');
          assert.equal(replay.origin.partition, first.origin.partition);
          assert.deepEqual(withPlainArrays(firstCopyOf(replay)), withPlainArrays(first));
          assert.deepEqual(
            Object.keys(replay.raw().headers).toSorted(),
            [...Object.keys(first.headers), replayHeader].toSorted(),
          );
          return firstCopyOf(replay);
        });
      }
      await reader.stop();
    },
    async 'a republished event is delivered after the later events of its user, on the same partition'(
      subject,
    ) {
      const [poison, since] = [sampleActivity({ id: 'a' }), sampleActivity({ id: 'b' })];
      await publish(subject, [poison, since]);
      const reader = await Reader.start(subject, 'one');
      await reader.waitFor([poison, since]);
      const first = reader.records.find(
        ({ content }) => content.name === 'ActivityLogged' && content.activity.id === 'a',
      );
      assert.ok(first);
      await (await subject.openPublisher()).republish([firstCopyOf(first)]);
      await waitForCount(reader, 3);
      await reader.stop();
      const last = reader.records.at(-1);
      assert.equal(last?.origin.partition, first.origin.partition);
      assert.deepEqual(last.content, first.content);
      assert.deepEqual(last.replayOf, first.origin);
    },
    async '`republish` rejects if the buffer is too small, the log is unreachable or the publisher is closed'(
      subject,
    ) {
      const publisher = await subject.openPublisher({ bufferedEvents: 10 });
      const records = Array.from(
        { length: 11 },
        (_, offset): OriginalRecord => ({
          origin: { topic: 'elsewhere', partition: 0, offset },
          key: bytes('user-1'),
          value: bytes(JSON.stringify(sampleActivity({ id: `again-${offset}` }))),
          headers: {},
        }),
      );
      assert.deepEqual(await publisher.republish([]), []);
      await assertRejects(publisher.republish(records), 'LOG_BUSY');
      const restore = await subject.interrupt();
      await assertRejects(publisher.republish(records.slice(0, 3)), 'LOG_UNAVAILABLE');
      await restore();
      await publisher.ping();
      await publisher.republish(records.slice(0, 3));
      await publisher.publish(eventsOf(sampleActivities(1)));
      await publisher.close();
      await assertRejects(publisher.republish(records.slice(0, 1)), 'LOG_UNAVAILABLE');
      const reader = await Reader.start(subject, 'one');
      await waitForCount(reader, 4);
      await reader.stop();
      const values = new Set(
        reader.records.map((record) => Buffer.from(record.raw().value ?? []).toString()),
      );
      assert.ok(records.slice(0, 3).every(({ value }) => values.has(Buffer.from(value ?? []).toString())));
    },
  },
});

/** The promises of a consumer about replayed records. */
export const attributionCases = logCases({
  L12: {
    async 'a replay header that names no record of the topic is kept as an ordinary header'(subject) {
      const reader = await Reader.start(subject, 'one');
      const key = bytes('user-1');
      const [sample] = await appendFirstCopies(subject, reader, [{ key, value: bytes('x'), headers: {} }]);
      assert.ok(sample);
      const { topic, partition } = sample.origin;
      const forged = [
        '',
        'garbled',
        `${topic}:${partition}`,
        `${topic}:${partition}:01`,
        `${topic}:${partition}:-1`,
        `${topic}:${partition}:9007199254740993`,
        `another-topic:${partition}:0`,
        `${topic}@:${partition}:0`,
        `${topic}@a_b:${partition}:0`,
        `${topic}@a@b:${partition}:0`,
        `another-topic@log-1:${partition}:0`,
        'x'.repeat(100_000),
      ].map((text) => ({ key, value: bytes('x'), headers: { [replayHeader]: [bytes(text)] } }));
      const records = await appendFirstCopies(subject, reader, forged);
      assert.deepEqual(
        reader.records.map((record) => record.replayOf),
        reader.records.map(() => undefined),
      );
      assert.deepEqual(records.map(withPlainArrays), forged.map(withPlainArrays));
      const [garbled] = records.slice(1);
      assert.ok(garbled);
      // The republished record has two replay headers: a valid one, and the garbled one of its first copy.
      await (await subject.openPublisher()).republish([garbled]);
      await waitForCount(reader, 2 + forged.length);
      await reader.stop();
      const last = reader.records.at(-1);
      assert.ok(last);
      assert.deepEqual(last.replayOf, garbled.origin);
      assert.deepEqual(withPlainArrays(firstCopyOf(last)), withPlainArrays(garbled));
    },
    async 'a replay keeps the origin of its first copy, even on another log of the topic with any offset'(
      subject,
    ) {
      const reader = await Reader.start(subject, 'one');
      const [sample] = await appendFirstCopies(subject, reader, [
        { key: bytes('user-1'), value: null, headers },
      ]);
      assert.ok(sample);
      const place = { ...sample.origin, offset: 2 ** 53 - 1 };
      const ofLogs = [place, { ...place, log: LogId.parse('L'.repeat(64)) }].map((origin) => ({
        ...sample,
        origin,
      }));
      await (await subject.openPublisher()).republish(ofLogs);
      await waitForCount(reader, 1 + ofLogs.length);
      await reader.stop();
      const replays = reader.records.slice(1);
      assert.deepEqual(
        replays.map(({ replayOf }) => replayOf),
        ofLogs.map(({ origin }) => origin),
      );
      assert.deepEqual(replays.map(firstCopyOf).map(withPlainArrays), ofLogs.map(withPlainArrays));
    },
  },
});
