import assert from 'node:assert/strict';
import {
  ActivityFilter,
  FeedPosition,
  FeedQuery,
  maxExamined,
  maxPageBytes,
  ProjectId,
  type StoredActivity,
} from '@user-activity/domain';
import {
  assertFollowed,
  everything,
  feedCases,
  follow,
  log,
  otherLog,
  partitions,
  variousActivities,
} from './feed-subject.ts';
import { assertRejects } from './rejections.ts';
import { idsOf, sampleActivities, sampleActivity } from './samples.ts';
import { SettledListener } from './settled-listener.ts';
import { filterOf, where } from './walk.ts';

/** The promises about the limits of a feed, and about several logs and handles. */
export const feedLimitCases = feedCases({
  F6: {
    async 'a page has at most `limit` activities of all partitions together'(feed, writer) {
      await writer.begin();
      const activities = sampleActivities(30);
      for (let partition = 0; partition < partitions; partition += 1)
        await writer.append(activities.slice(partition * 10, partition * 10 + 10), partition, 0);
      const position = FeedPosition.start(log);
      for (const limit of [1, 9, 10, 11, 29, 30, 31]) {
        const page = await feed.read(FeedQuery.of({ filter: everything, position, limit }));
        assert.equal(page.activities.length, Math.min(limit, 30));
        // The last offset of each partition has no entry.
        assert.equal(page.hasMore, limit <= 30);
        assert.deepEqual(page.start, position);
      }
    },
    async 'a filter that matches little gives short pages that advance'(feed, writer) {
      await writer.begin([0]);
      const rare = sampleActivity({ type: 'RARE' });
      const many = sampleActivities(2 * maxExamined + 100);
      let from = 0;
      for (let begin = 0; begin < many.length; begin += 2000)
        from = await writer.append(many.slice(begin, begin + 2000), 0, from);
      await writer.append([rare], 0, from);
      const filters = [
        filterOf({ types: ['RARE'] }),
        ActivityFilter.ofFeed({ project: everything.project, metadata: [where('no', 'such')] }),
      ];
      for (const [index, filter] of filters.entries()) {
        let query = FeedQuery.of({ filter, position: FeedPosition.start(log) });
        const found: StoredActivity[] = [];
        let pages = 0;
        for (let hasMore = true; hasMore; pages += 1) {
          const page = await feed.read(query);
          const before = query.position.offsets[0] ?? 0;
          const after = page.position.offsets[0] ?? 0;
          // Every second offset has an entry.
          assert.ok(after - before <= 2 * maxExamined + 2, `a page examined ${(after - before) / 2} entries`);
          assert.ok(after > before || !page.hasMore, 'the position did not advance');
          found.push(...page.activities);
          ({ hasMore } = page);
          query = query.from(page.position);
        }
        assert.deepEqual(idsOf(found), index === 0 ? [rare.id] : []);
        assert.ok(pages >= 3 && pages <= 4, `${pages} pages`);
      }
    },
    async 'a page is full if enough of the next entries match'(feed, writer) {
      await writer.begin([0]);
      const many = variousActivities(maxExamined + 500);
      let from = 0;
      for (let begin = 0; begin < many.length; begin += 2000)
        from = await writer.append(many.slice(begin, begin + 2000), 0, from);
      await writer.settle(0, from, 2 ** 40);
      const filter = filterOf({ types: ['LOGIN'] });
      const position = FeedPosition.start(log);
      const page = await feed.read(FeedQuery.of({ filter, position, limit: 500 }));
      const expected = many.filter(({ type }) => type === 'LOGIN').slice(0, 500);
      assert.deepEqual(idsOf(page.activities), idsOf(expected));
    },
    async 'entries of other projects do not count'(feed, writer) {
      await writer.begin([0]);
      const project = ProjectId.parse('shop');
      const others = sampleActivities(maxExamined + 500);
      let from = 0;
      for (let begin = 0; begin < others.length; begin += 2000)
        from = await writer.append(others.slice(begin, begin + 2000), 0, from);
      const own = sampleActivity({ project, type: 'RARE' });
      await writer.append([own], 0, from);
      const filter = filterOf({ project, types: ['RARE'] });
      const page = await feed.read(FeedQuery.of({ filter, position: FeedPosition.start(log) }));
      assert.deepEqual(idsOf(page.activities), [own.id]);
    },
    async 'large activities make pages of at most 4 MiB'(feed, writer) {
      await writer.begin();
      const large = Array.from({ length: 30 }, () =>
        sampleActivity({ metadata: { text: 'ü'.repeat(120_000) } }),
      );
      for (let partition = 0; partition < partitions; partition += 1)
        await writer.append(large.slice(partition * 10, partition * 10 + 10), partition, 0);
      const found: StoredActivity[] = [];
      let query = FeedQuery.of({ filter: everything, position: FeedPosition.start(log), limit: 500 });
      for (let hasMore = true; hasMore; ) {
        const page = await feed.read(query);
        const bytes = page.activities.reduce((sum, activity) => sum + activity.textBytes(), 0);
        assert.ok(bytes <= maxPageBytes, `a page of ${bytes} bytes`);
        assert.ok(page.activities.length > 0, 'an empty page');
        found.push(...page.activities);
        ({ hasMore } = page);
        query = query.from(page.position);
      }
      assertFollowed(found, large);
    },
  },
  F7: {
    async 'logs are apart'(feed, writer, subject) {
      await writer.begin();
      const [own, foreign] = sampleActivities(2);
      assert.ok(own !== undefined && foreign !== undefined);
      await writer.append([own], 0, 0);
      const [repository, settled] = [await subject.repository(), await subject.settledOffsets()];
      await settled.begin(otherLog, [0]);
      await repository.save([foreign], [{ log: otherLog, partition: 0, offset: 0 }]);
      await settled.settle({ log: otherLog, partition: 0, from: 0, to: 9 });
      // The copy of another log keeps the place of the first one.
      await repository.save([own], [{ log: otherLog, partition: 0, offset: 1 }]);
      assertFollowed((await follow(feed)).found, [own]);
      assertFollowed((await follow(feed, { position: FeedPosition.start(otherLog) })).found, [foreign]);
    },
    async 'projects are apart'(feed, writer) {
      await writer.begin();
      const project = ProjectId.parse('shop');
      const activities = [sampleActivity(), sampleActivity({ project }), sampleActivity()];
      await writer.append(activities, 0, 0);
      const shop = await follow(feed, { filter: filterOf({ project }) });
      assertFollowed(shop.found, activities.slice(1, 2));
      assertFollowed(
        (await follow(feed)).found,
        [activities[0], activities[2]].flatMap((one) => one ?? []),
      );
    },
  },
  F8: {
    async 'a reader ahead of an older copy of the store waits for it'(feed, writer) {
      // Its log was settled up to offset 20 before. The older copy has settled it up to offset 10.
      await writer.begin([10, 0, 0]);
      // Its log had a partition more, too.
      const position = { ...FeedPosition.start(log), offsets: [20, 3, 0, 7] };
      const again = sampleActivities(5);
      await writer.save(again, 0, [10, 12, 14, 16, 18]);
      for (const to of [14, 20]) {
        await writer.settle(0, 10, to);
        const { found, position: next } = await follow(feed, { position });
        assert.deepEqual(found, []);
        assert.deepEqual(next.offsets, position.offsets);
      }
      const [fresh] = sampleActivities(1);
      assert.ok(fresh !== undefined);
      await writer.append([fresh], 0, 20);
      assert.deepEqual(idsOf((await follow(feed, { position })).found), [fresh.id]);
    },
  },
  F9: {
    async 'each listener is called after a step, until it is removed'(feed, writer, { patienceMs }) {
      await writer.begin([0]);
      const listeners = [
        new SettledListener(feed, patienceMs),
        new SettledListener(feed, patienceMs),
      ] as const;
      const [first, second] = listeners;
      let offset = 0;
      const step = async (): Promise<void> => {
        offset += 1;
        await writer.settle(0, offset - 1, offset);
      };
      // The first steps may come before the adapter listens.
      for (const listener of listeners) await listener.waitUntil(() => listener.seen > 0, step);
      await step();
      for (const listener of listeners) await listener.waitUntil(() => listener.seen === offset);
      first.remove();
      const { calls } = first;
      await step();
      await second.waitUntil(() => second.seen === offset);
      second.remove();
      assert.equal(first.calls, calls);
    },
  },
  F10: {
    async 'calls reject while the store is unreachable, and work again afterwards'(feed, writer, subject) {
      await writer.begin();
      const activities = sampleActivities(2);
      await writer.append(activities, 0, 0);
      const restore = await subject.interrupt();
      const query = FeedQuery.of({ filter: everything, position: FeedPosition.start(log) });
      const codes = ['STORE_UNAVAILABLE', 'STORE_TIMEOUT'] as const;
      await assertRejects(feed.settled(log), ...codes);
      await assertRejects(feed.read(query), ...codes);
      await restore();
      assert.deepEqual(await feed.settled(log), [4, 0, 0]);
      assertFollowed((await follow(feed)).found, activities);
    },
  },
});
