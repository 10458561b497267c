import assert from 'node:assert/strict';
import {
  activityLogged,
  ErasureId,
  type ErasureRequested,
  eventTypes,
  firstCopyOf,
  type LogEvent,
  type LogRecord,
  type RawRecord,
  UserId,
  userOf,
} from '@user-activity/domain';
import * as fc from 'fast-check';
import type { Contract } from './contract.ts';
import { bytes } from './letters.ts';
import { logCases, type LogSubject } from './log-subject.ts';
import { Reader } from './reader.ts';
import { withPlainArrays } from './replay-cases.ts';
import { anyErasure, sampleErasure } from './sample-erasures.ts';
import { sampleActivities, sampleActivity } from './samples.ts';

const typeHeader = { ce_type: [bytes(eventTypes.ErasureRequested)] };

/** Waits until this many records have been delivered. */
const waitForCount = (reader: Reader, wanted: number): Promise<void> =>
  reader.waitUntil(
    () => reader.records.length >= wanted,
    () => `${reader.records.length} of ${wanted} records were delivered`,
  );

const contentsOf = (records: readonly LogRecord[]): readonly unknown[] =>
  records.map(({ content }) => content);

/** Makes events of a user: `rounds` times three activities and an erasure after them. */
const eventsOfUser = (userId: string, rounds: number): LogEvent[] =>
  Array.from({ length: rounds }, (_, round) => [
    ...sampleActivities(3, { userId }).map(activityLogged),
    sampleErasure({ id: ErasureId.parse(`${userId}-${round}`), userId: UserId.parse(userId) }),
  ]).flat();

/** The promises of a publisher about erasures of users. */
export const publishedErasureCases = logCases({
  P2: {
    async 'the activities and erasures of a user are delivered in the order of publishing, across publishers'(
      subject,
    ) {
      const users = ['user-1', 'user-2', 'user-3'];
      const events = users.map((user) => eventsOfUser(user, 5));
      const publishers = [await subject.openPublisher(), await subject.openPublisher()];
      const longest = events[0]?.length ?? 0;
      for (let index = 0; index < longest; index += 2)
        await publishers[(index / 2) % 2]?.publish(events.flatMap((own) => own.slice(index, index + 2)));
      const reader = await Reader.start(subject, 'one');
      await waitForCount(reader, events.flat().length);
      await reader.stop();
      for (const [index, user] of users.entries()) {
        const ofUser = reader.records.filter(
          ({ content }) => content.name !== 'Unreadable' && userOf(content) === user,
        );
        assert.deepEqual(contentsOf(ofUser), events[index]);
      }
    },
  },
  P6: {
    async 'a republished erasure is delivered as an erasure, with its bytes and the origin of its first copy'(
      subject,
    ) {
      const event = sampleErasure();
      const publisher = await subject.openPublisher();
      await publisher.publish([event]);
      const reader = await Reader.start(subject, 'one');
      await waitForCount(reader, 1);
      const [first] = reader.records;
      assert.ok(first);
      await publisher.republish([firstCopyOf(first)]);
      await waitForCount(reader, 2);
      await reader.stop();
      const replay = reader.records[1];
      assert.ok(replay);
      assert.deepEqual(replay.content, event);
      assert.deepEqual(replay.replayOf, first.origin);
      assert.equal(replay.origin.partition, first.origin.partition);
      assert.deepEqual(withPlainArrays(firstCopyOf(replay)), withPlainArrays(firstCopyOf(first)));
    },
  },
});

/** Returns values that are not valid erasures. The cases send them with the header of an erasure. */
const malformedErasures = (): string[] => {
  const json = { ...sampleErasure().erasure, project: undefined, requestedAt: '2026-01-02T03:04:05.678Z' };
  return [
    'not json',
    '[]',
    '{}',
    JSON.stringify(sampleActivity()),
    ...[{ id: '' }, { userId: ' ' }, { mode: 'forget' }, { requestedAt: 'now' }, { project: 'Shop' }].map(
      (change) => JSON.stringify({ ...json, ...change }),
    ),
  ];
};

/** Publishes events of one user, and asserts that exactly these are delivered, in their order. */
async function assertDelivered(subject: LogSubject, events: readonly LogEvent[]): Promise<void> {
  const publisher = await subject.openPublisher();
  await publisher.publish(events);
  await publisher.close();
  const reader = await Reader.start(subject, 'one');
  await waitForCount(reader, events.length);
  await reader.stop();
  assert.deepEqual(contentsOf(reader.records), events);
}

/** The promises of a consumer about erasures of users. */
export const deliveredErasureCases: Contract<LogSubject> = logCases({
  L2: {
    'the activities and erasures of a user are delivered in the order of publishing': (subject) =>
      assertDelivered(subject, eventsOfUser('user-1', 20)),
  },
  L6: {
    async 'a malformed erasure is delivered in order as unreadable, with the reason and its bytes'(subject) {
      const key = bytes('user-1');
      const values = [...malformedErasures().map(bytes), Uint8Array.of(0xff, 0), null];
      const appended: RawRecord[] = [];
      for (const value of values)
        appended.push(await subject.append({ key, value, headers: { ...typeHeader, more: [bytes('1')] } }));
      const last = sampleErasure();
      await (await subject.openPublisher()).publish([last]);
      const reader = await Reader.start(subject, 'one');
      await waitForCount(reader, values.length + 1);
      await reader.stop();
      for (const [index, record] of reader.records.slice(0, -1).entries()) {
        const { content } = record;
        assert.ok(content.name === 'Unreadable' && content.reason.length > 0, `value ${index} was read`);
        assert.deepEqual(withPlainArrays(record.raw()), withPlainArrays(appended[index]));
      }
      assert.deepEqual(reader.records.at(-1)?.content, last);
    },
  },
  L9: {
    async 'any published erasure is delivered unchanged'(subject) {
      const reader = await Reader.start(subject, 'one');
      const publisher = await subject.openPublisher();
      const idOf = ({ erasure }: ErasureRequested): string => erasure.id;
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(anyErasure, { minLength: 1, maxLength: 20, selector: idOf }),
          async (events) => {
            const seen = reader.records.length;
            await publisher.publish(events);
            await waitForCount(reader, seen + events.length);
            const delivered = reader.records
              .slice(seen)
              .flatMap(({ content }) =>
                content.name === 'ErasureRequested' ? [[content.erasure.id, content] as const] : [],
              );
            assert.deepEqual(new Map(delivered), new Map(events.map((event) => [idOf(event), event])));
          },
        ),
        { numRuns: 25, endOnFailure: true },
      );
      await reader.stop();
    },
  },
});
