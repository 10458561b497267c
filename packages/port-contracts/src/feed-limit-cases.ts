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
  assertWalkFound,
  matchAllFilter,
  feedCases,
  readWholeFeed,
  log,
  otherLog,
  partitionCount,
  variousActivities,
} from './feed-subject.ts';
import { assertEachRejects } from './rejections.ts';
import { idsOf, sampleActivities, sampleActivity } from './samples.ts';
import { SettledListener } from './settled-listener.ts';
import { filterOf, where } from './walk.ts';

/** The promises about the limits of a feed, and about several logs and handles. */
export const feedLimitCases = feedCases({
  F6: {
    async 'a page has at most `limit` activities, counted over all partitions'(feed, writer) {
      await writer.begin();
      const activities = sampleActivities(30);
      for (let partition = 0; partition < partitionCount; partition += 1)
        await writer.append(activities.slice(partition * 10, partition * 10 + 10), partition, 0);
      const position = FeedPosition.start(log);
      for (const limit of [1, 9, 10, 11, 29, 30, 31]) {
        const page = await feed.read(FeedQuery.of({ filter: matchAllFilter, position, limit }));
        assert.equal(page.activities.length, Math.min(limit, 30));
        // The last settled offset of each partition has no activity, so a page of all 30 does not reach the end.
        assert.equal(page.hasMore, limit <= 30);
        assert.deepEqual(page.start, position);
      }
    },
    async 'if few entries match the filter, a page ends after 5,000 entries, and its position advances'(
      feed,
      writer,
    ) {
      await writer.begin([0]);
      const rare = sampleActivity({ type: 'RARE' });
      const many = sampleActivities(2 * maxExamined + 100);
      let from = 0;
      for (let begin = 0; begin < many.length; begin += 2000)
        from = await writer.append(many.slice(begin, begin + 2000), 0, from);
      await writer.append([rare], 0, from);
      const filters = [
        filterOf({ types: ['RARE'] }),
        ActivityFilter.ofFeed({ project: matchAllFilter.project, metadata: [where('no', 'such')] }),
      ];
      for (const [index, filter] of filters.entries()) {
        let query = FeedQuery.of({ filter, position: FeedPosition.start(log) });
        const found: StoredActivity[] = [];
        let pages = 0;
        for (let hasMore = true; hasMore; pages += 1) {
          const page = await feed.read(query);
          const before = query.position.offsets[0] ?? 0;
          const after = page.position.offsets[0] ?? 0;
          // Every second offset has an activity.
          assert.ok(after - before <= 2 * maxExamined + 2, `a page examined ${(after - before) / 2} entries`);
          assert.ok(after > before || !page.hasMore, 'the position did not advance');
          found.push(...page.activities);
          ({ hasMore } = page);
          query = query.from(page.position);
        }
        assert.deepEqual(idsOf(found), index === 0 ? [rare.id] : []);
        assert.ok(pages >= 3 && pages <= 4, `the walk has ${pages} pages instead of 3 or 4`);
      }
    },
    async 'a page is full if enough of the next 5,000 entries match'(feed, writer) {
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
    async 'activities of other projects do not count towards the 5,000 entries of a page'(feed, writer) {
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
    async 'a page of large activities has at most 4 MiB'(feed, writer) {
      await writer.begin();
      const large = Array.from({ length: 30 }, () =>
        sampleActivity({ metadata: { text: 'ü'.repeat(120_000) } }),
      );
      for (let partition = 0; partition < partitionCount; partition += 1)
        await writer.append(large.slice(partition * 10, partition * 10 + 10), partition, 0);
      const found: StoredActivity[] = [];
      let query = FeedQuery.of({ filter: matchAllFilter, position: FeedPosition.start(log), limit: 500 });
      for (let hasMore = true; hasMore; ) {
        const page = await feed.read(query);
        const bytes = page.activities.reduce((sum, activity) => sum + activity.textBytes(), 0);
        assert.ok(bytes <= maxPageBytes, `a page has ${bytes} bytes`);
        assert.ok(page.activities.length > 0, 'a page is empty');
        found.push(...page.activities);
        ({ hasMore } = page);
        query = query.from(page.position);
      }
      assertWalkFound(found, large);
    },
  },
  F7: {
    async 'the feed of a log has no activities of other logs'(feed, writer, subject) {
      await writer.begin();
      const [own, foreign] = sampleActivities(2);
      assert.ok(own !== undefined && foreign !== undefined);
      await writer.append([own], 0, 0);
      const [repository, settled] = [await subject.repository(), await subject.settledOffsets()];
      await settled.begin(otherLog, [0]);
      await repository.save([foreign], [{ log: otherLog, partition: 0, offset: 0 }]);
      await settled.settle({ log: otherLog, partition: 0, from: 0, to: 9 });
      // An activity that is saved again from another log keeps its first origin.
      await repository.save([own], [{ log: otherLog, partition: 0, offset: 1 }]);
      assertWalkFound((await readWholeFeed(feed)).found, [own]);
      assertWalkFound((await readWholeFeed(feed, { position: FeedPosition.start(otherLog) })).found, [
        foreign,
      ]);
    },
    async 'the feed of a project has no activities of other projects'(feed, writer) {
      await writer.begin();
      const project = ProjectId.parse('shop');
      const activities = [sampleActivity(), sampleActivity({ project }), sampleActivity()];
      await writer.append(activities, 0, 0);
      const shop = await readWholeFeed(feed, { filter: filterOf({ project }) });
      assertWalkFound(shop.found, activities.slice(1, 2));
      assertWalkFound(
        (await readWholeFeed(feed)).found,
        [activities[0], activities[2]].flatMap((one) => one ?? []),
      );
    },
  },
  F8: {
    async 'if a backup replaces the store, a reader ahead of it gets nothing until the store has caught up'(
      feed,
      writer,
    ) {
      // The reader saw partition 0 settled up to offset 20. The backup has it settled up to offset 10.
      await writer.begin([10, 0, 0]);
      // The reader also saw one more partition.
      const position = { ...FeedPosition.start(log), offsets: [20, 3, 0, 7] };
      const again = sampleActivities(5);
      await writer.save(again, 0, [10, 12, 14, 16, 18]);
      for (const to of [14, 20]) {
        await writer.settle(0, 10, to);
        const { found, position: next } = await readWholeFeed(feed, { position });
        assert.deepEqual(found, []);
        assert.deepEqual(next.offsets, position.offsets);
      }
      const [fresh] = sampleActivities(1);
      assert.ok(fresh !== undefined);
      await writer.append([fresh], 0, 20);
      assert.deepEqual(idsOf((await readWholeFeed(feed, { position })).found), [fresh.id]);
    },
  },
  F9: {
    async 'a listener is called after a settled offset is raised, until the listener is removed'(
      feed,
      writer,
      { timeoutMs },
    ) {
      await writer.begin([0]);
      const listeners = [new SettledListener(feed, timeoutMs), new SettledListener(feed, timeoutMs)] as const;
      const [first, second] = listeners;
      let offset = 0;
      const step = async (): Promise<void> => {
        offset += 1;
        await writer.settle(0, offset - 1, offset);
      };
      // The adapter may miss the first steps, because it does not listen yet.
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
      const query = FeedQuery.of({ filter: matchAllFilter, position: FeedPosition.start(log) });
      const codes = ['STORE_UNAVAILABLE', 'STORE_TIMEOUT'] as const;
      await assertEachRejects([() => feed.settled(log), () => feed.read(query)], ...codes);
      await restore();
      assert.deepEqual(await feed.settled(log), [4, 0, 0]);
      assertWalkFound((await readWholeFeed(feed)).found, activities);
    },
  },
});
