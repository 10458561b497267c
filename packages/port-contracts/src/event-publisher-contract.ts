import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { activityLogged, type UserActivity } from '@user-activity/domain';
import type { Contract } from './contract.ts';
import { publishedErasureCases } from './erasure-log-cases.ts';
import { bytes } from './letters.ts';
import { eventsOf, logCases, type LogSubject } from './log-subject.ts';
import { Reader } from './reader.ts';
import { assertRejects } from './rejections.ts';
import { republishCases } from './replay-cases.ts';
import { idsOf, sampleActivities, sampleActivity } from './samples.ts';

const eventPublisherCases = logCases({
  P1: {
    async 'published events are delivered to later groups, even after the publisher is closed'(subject) {
      const activities = [
        ...sampleActivities(30, { userId: 'user-1' }),
        ...sampleActivities(30, { userId: 'user-2' }),
      ];
      const publisher = await subject.openPublisher();
      await publisher.publish(eventsOf(activities));
      await publisher.publish([]);
      await publisher.close();
      for (const group of ['one', 'another']) await Reader.readAll(subject, activities, group);
    },
    async 'after many concurrent calls have resolved, the log has the events of all of them'(subject) {
      const publisher = await subject.openPublisher();
      const activities = ['user-1', 'user-2', 'user-3'].flatMap((userId) =>
        sampleActivities(100, { userId }),
      );
      await Promise.all(activities.map((activity) => publisher.publish([activityLogged(activity)])));
      await Reader.readAll(subject, activities);
    },
  },
  P2: {
    async 'the events of a user are delivered in the order of publishing, even from several publishers'(
      subject,
    ) {
      const users = ['user-1', 'user-2', 'user-3'];
      const publishers = [await subject.openPublisher(), await subject.openPublisher()];
      const published: UserActivity[] = [];
      for (let call = 0; call < 20; call += 1) {
        // `createdAt` falls from batch to batch, so a log that sorts by time fails this case.
        const batch = users.flatMap((userId) =>
          sampleActivities(3, { userId, createdAt: 1_000_000_000 - call * 1000 }),
        );
        await publishers[call % 2]?.publish(eventsOf(batch));
        published.push(...batch);
      }
      const reader = await Reader.readAll(subject, published);
      for (const user of users) {
        const ofUser = ({ userId }: UserActivity): boolean => userId === user;
        assert.deepEqual(idsOf(reader.activities.filter(ofUser)), idsOf(published.filter(ofUser)));
      }
    },
  },
  P3: {
    async '`publish` rejects while the log is unreachable, and publishing again afterwards delivers every event'(
      subject,
    ) {
      const publisher = await subject.openPublisher();
      const [before, during] = [sampleActivities(5), sampleActivities(5)];
      await publisher.publish(eventsOf(before));
      const restore = await subject.interrupt();
      await assertRejects(publisher.publish(eventsOf(during)), 'LOG_UNAVAILABLE');
      await assertRejects(publisher.ping(), 'LOG_UNAVAILABLE');
      await restore();
      await publisher.ping();
      await publisher.publish(eventsOf(during));
      const reader = await Reader.readAll(subject, [...before, ...during]);
      assert.deepEqual(reader.ids, idsOf([...before, ...during]));
    },
  },
  P4: {
    async 'a call larger than the buffer is refused as a whole, and a smaller one is accepted'(subject) {
      const publisher = await subject.openPublisher({ bufferedEvents: 10 });
      const [tooMany, enough, marker] = [sampleActivities(11), sampleActivities(10), sampleActivity()];
      await assertRejects(publisher.publish(eventsOf(tooMany)), 'LOG_BUSY');
      await publisher.publish(eventsOf(enough));
      await publisher.publish(eventsOf([marker]));
      const reader = await Reader.readAll(subject, [marker]);
      assert.deepEqual(reader.ids, idsOf([...enough, marker]));
    },
    async 'each of several concurrent large calls is accepted or refused as a whole'(subject) {
      const publisher = await subject.openPublisher({ bufferedEvents: 10 });
      const metadata = { text: 'x'.repeat(40_000) };
      const calls = Array.from({ length: 5 }, () => sampleActivities(4, { metadata }));
      const accepted: UserActivity[] = [];
      await Promise.all(
        calls.map(async (call) => {
          const publish = publisher.publish(eventsOf(call));
          await publish.then(
            () => accepted.push(...call),
            () => assertRejects(publish, 'LOG_BUSY'),
          );
        }),
      );
      assert.ok(accepted.length > 0, 'no call was accepted');
      const last = sampleActivities(10);
      await publisher.publish(eventsOf(last));
      const reader = await Reader.readAll(subject, [...accepted, ...last]);
      assert.deepEqual(reader.ids.toSorted(), idsOf([...accepted, ...last]).toSorted());
    },
  },
  P5: {
    async '`close` waits until pending calls have resolved or rejected, and calls after it reject'(subject) {
      const publisher = await subject.openPublisher();
      const activities = sampleActivities(20);
      const settled: string[] = [];
      const pendingCalls = activities.map(async (activity) => {
        await publisher.publish([activityLogged(activity)]).then(
          () => settled.push(activity.id),
          () => settled.push('rejected'),
        );
      });
      await publisher.close();
      await nextTurn();
      assert.equal(settled.length, activities.length, 'close resolved before the calls settled');
      await Promise.all(pendingCalls);
      await publisher.close();
      await assertRejects(publisher.publish(eventsOf(sampleActivities(1))), 'LOG_UNAVAILABLE');
      await assertRejects(publisher.ping(), 'LOG_UNAVAILABLE');
      const published = activities.filter(({ id }) => settled.includes(id));
      await Reader.readAll(subject, published);
    },
    async '`close` also waits for large calls that are still being prepared'(subject) {
      const publisher = await subject.openPublisher();
      const metadata = { text: 'x'.repeat(40_000) };
      const calls = Array.from({ length: 5 }, () => sampleActivities(4, { metadata }));
      const published: UserActivity[] = [];
      let settled = 0;
      const pendingCalls = calls.map(async (activities) => {
        await publisher.publish(eventsOf(activities)).then(
          () => published.push(...activities),
          () => undefined,
        );
        settled += 1;
      });
      const record = { key: null, value: bytes('x'.repeat(40_000)), headers: {} };
      const records = [0, 1, 2, 3].map((offset) => ({
        ...record,
        origin: { topic: 'elsewhere', partition: 0, offset },
      }));
      pendingCalls.push(
        publisher.republish(records).then(
          () => void (settled += 1),
          () => void (settled += 1),
        ),
      );
      await publisher.close();
      await nextTurn();
      assert.equal(settled, pendingCalls.length, 'close resolved before the large calls settled');
      await Promise.all(pendingCalls);
      await Reader.readAll(subject, published);
    },
  },
});

/** The promises of every `EventPublisher`, by the numbers in its doc comment. */
export const eventPublisherContract: Contract<LogSubject> = [
  ...eventPublisherCases,
  ...republishCases,
  ...publishedErasureCases,
];
