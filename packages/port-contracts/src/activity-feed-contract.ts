import assert from 'node:assert/strict';
import {
  ActivityFilter,
  FeedPosition,
  FeedQuery,
  type StoredActivity,
  TimeRange,
} from '@user-activity/domain';
import { feedLimitCases } from './feed-limit-cases.ts';
import {
  assertWalkFound,
  matchAllFilter,
  feedCases,
  FeedWriter,
  readWholeFeed,
  log,
  partitionCount,
  variousActivities,
} from './feed-subject.ts';
import { idsOf, sampleActivities, sampleActivity, sampleTime } from './samples.ts';
import { filterOf, where } from './walk.ts';

/** The promises of every `ActivityFeed`, by the numbers in its doc comment. */
export const activityFeedContract = [
  ...feedCases({
    F1: {
      async 'a walk with any page limit returns every settled activity'(feed, writer) {
        await writer.begin();
        const activities = variousActivities(90);
        for (let partition = 0; partition < partitionCount; partition += 1)
          await writer.append(activities.slice(partition * 30, partition * 30 + 30), partition, 0);
        for (const limit of [1, 7, 30, 500])
          assertWalkFound((await readWholeFeed(feed, { limit })).found, activities);
      },
      async 'a reader at the end gets every new activity, even if lower offsets are saved after higher ones'(
        feed,
        writer,
      ) {
        await writer.begin([5, 0, 0]);
        const activities = variousActivities(120);
        const seen: StoredActivity[] = [];
        let position = FeedPosition.start(log);
        const read = async (): Promise<void> => {
          const { found, position: next } = await readWholeFeed(feed, { limit: 9, position });
          seen.push(...found);
          position = next;
        };
        for (let round = 0; round < 10; round += 1) {
          const [low, high] = [
            activities.slice(round * 12, round * 12 + 6),
            activities.slice(round * 12 + 6, round * 12 + 12),
          ];
          const from = 5 + round * 12;
          // A frozen consumer saves the lower offsets after another one has saved the higher ones.
          await writer.save(
            high,
            0,
            high.map((_, index) => from + 6 + index),
          );
          await read();
          await writer.save(
            low,
            0,
            low.map((_, index) => from + index),
          );
          await read();
          await writer.settle(0, from, from + 12);
          await read();
        }
        assertWalkFound(seen, activities);
      },
      async 'a reader gets every activity while several processes save and settle'(feed, _, subject) {
        const activities = variousActivities(600);
        await new FeedWriter(await subject.repository(), await subject.settledOffsets()).begin();
        const writers = Array.from({ length: partitionCount }, async (_unused, partition) => {
          const writer = new FeedWriter(await subject.repository(), await subject.settledOffsets());
          let from = 0;
          for (let step = 0; step < 40; step += 1) {
            const begin = partition * 200 + step * 5;
            from = await writer.append(activities.slice(begin, begin + 5), partition, from);
          }
        });
        let isWriting = true;
        const written = Promise.all(writers).finally(() => {
          isWriting = false;
        });
        const seen: StoredActivity[] = [];
        let position = FeedPosition.start(log);
        for (let isLast = false; !isLast; ) {
          // Set before the page is read, so that the last page is read after all writes.
          isLast = !isWriting;
          const { found, position: next } = await readWholeFeed(feed, { limit: 50, position });
          seen.push(...found);
          position = next;
        }
        await written;
        assertWalkFound(seen, activities);
      },
      async 'if a batch is saved again with one more activity, a reader gets only that one, once it is settled'(
        feed,
        writer,
      ) {
        await writer.begin();
        const [first, second] = sampleActivities(2);
        assert.ok(first !== undefined && second !== undefined);
        await writer.append([first], 0, 0);
        const { position } = await readWholeFeed(feed);
        await writer.save([first, second], 0, [0, 2]);
        assert.deepEqual(idsOf((await readWholeFeed(feed, { position })).found), []);
        await writer.settle(0, 2, 3);
        assert.deepEqual(idsOf((await readWholeFeed(feed, { position })).found), [second.id]);
        assertWalkFound((await readWholeFeed(feed)).found, [first, second]);
      },
    },
    F2: {
      async 'reading a position again returns the same page, from any handle'(feed, writer, subject) {
        await writer.begin();
        const activities = variousActivities(40);
        for (const partition of [0, 1])
          await writer.append(activities.slice(partition * 20, partition * 20 + 20), partition, 0);
        const query = FeedQuery.of({ filter: matchAllFilter, position: FeedPosition.start(log), limit: 15 });
        const first = await feed.read(query);
        const rest = await readWholeFeed(feed, { position: first.position });
        assertWalkFound([...first.activities, ...rest.found], activities);
        for (const handle of [feed, await subject.open()]) {
          const again = await handle.read(query);
          assert.deepEqual(idsOf(again.activities), idsOf(first.activities));
          assert.deepEqual(again.position, first.position);
        }
      },
      async 'a walk that continues after any activity of a page skips and repeats nothing'(feed, writer) {
        await writer.begin();
        const activities = variousActivities(30);
        for (const partition of [0, 2])
          await writer.append(activities.slice(partition * 7, partition * 7 + 15), partition, 0);
        const expected = [...activities.slice(0, 15), ...activities.slice(14, 29)];
        const { found } = await readWholeFeed(feed);
        for (const cut of [1, 7, 14, 15, 16, 28]) {
          let position = FeedPosition.start(log);
          for (const { origin } of found.slice(0, cut)) {
            assert.ok(origin !== undefined);
            position = FeedPosition.after(position, origin);
          }
          const rest = await readWholeFeed(feed, { position, limit: 4 });
          assert.deepEqual(new Set(idsOf([...found.slice(0, cut), ...rest.found])), new Set(idsOf(expected)));
          assert.equal(cut + rest.found.length, found.length);
        }
      },
    },
    F3: {
      async 'a walk returns the activities of a partition by offset, whatever their times and ids are'(
        feed,
        writer,
      ) {
        await writer.begin([0]);
        const activities = [3, 1, 2].map((hour) =>
          sampleActivity({ id: `z-${9 - hour}`, createdAt: sampleTime + hour * 3_600_000 }),
        );
        await writer.save(activities.toReversed(), 0, [2 ** 40 + 2, 9, 8]);
        await writer.settle(0, 0, 2 ** 41);
        assert.deepEqual(idsOf((await readWholeFeed(feed, { limit: 2 })).found), idsOf(activities));
      },
      async 'if one partition has many new activities, a reader still gets those of the others within a few pages'(
        feed,
        writer,
      ) {
        await writer.begin();
        await writer.append(variousActivities(100), 0, 0);
        const rare = sampleActivity({ userId: 'rare' });
        await writer.append([rare], 2, 0);
        let query = FeedQuery.of({ filter: matchAllFilter, position: FeedPosition.start(log), limit: 10 });
        const early: StoredActivity[] = [];
        for (let page = 0; page < partitionCount; page += 1) {
          const { activities, position } = await feed.read(query);
          early.push(...activities);
          query = query.from(position);
        }
        assert.ok(idsOf(early).includes(rare.id), 'no page has the activity of the other partition');
      },
    },
    F4: {
      async 'an activity appears only when its own partition is settled beyond it'(feed, writer) {
        await writer.begin();
        const [first, second, elsewhere] = sampleActivities(3);
        assert.ok(first !== undefined && second !== undefined && elsewhere !== undefined);
        await writer.save([first, second], 0, [0, 1]);
        await writer.save([elsewhere], 1, [0]);
        assert.deepEqual((await readWholeFeed(feed)).found, []);
        await writer.settle(0, 0, 1);
        const { found, position } = await readWholeFeed(feed);
        assert.deepEqual(idsOf(found), [first.id]);
        await writer.settle(1, 0, 1);
        await writer.settle(0, 1, 2);
        assertWalkFound((await readWholeFeed(feed, { position })).found, [second, elsewhere]);
      },
      async 'the feed of a log without settled offsets is empty'(feed, writer) {
        await writer.save(sampleActivities(1), 0, [0]);
        assert.equal(await feed.settled(log), undefined);
        const page = await feed.read(
          FeedQuery.of({ filter: matchAllFilter, position: FeedPosition.start(log) }),
        );
        assert.deepEqual(page.activities, []);
        assert.equal(page.hasMore, false);
      },
      async 'an activity that was saved without an origin never appears'(feed, writer, subject) {
        await writer.begin();
        const [located, older] = sampleActivities(2);
        assert.ok(located !== undefined && older !== undefined);
        await (await subject.repository()).save([older]);
        await writer.append([located], 0, 0);
        assertWalkFound((await readWholeFeed(feed)).found, [located]);
      },
      async '`settled` returns the settled offset of each partition'(feed, writer) {
        await writer.begin([3, 0, 7]);
        await writer.settle(1, 0, 2 ** 50);
        assert.deepEqual(await feed.settled(log), [3, 2 ** 50, 7]);
      },
    },
    F5: {
      async 'a filtered walk returns exactly the matches, also if metadata is the only filter'(feed, writer) {
        await writer.begin();
        const activities = variousActivities(100);
        for (const partition of [0, 1])
          await writer.append(activities.slice(partition * 50, partition * 50 + 50), partition, 0);
        const times = activities.map(({ createdAt }) => createdAt).toSorted((left, right) => left - right);
        const { project } = matchAllFilter;
        const filters = [
          filterOf({ userIds: ['user-1'] }),
          filterOf({ userIds: ['user-1', 'user-4', 'nobody'], types: ['LOGIN'] }),
          filterOf({ types: ['LOGIN', 'LOGOUT'] }),
          filterOf({ createdAt: TimeRange.between(times[10], times[60]) }),
          filterOf({ createdAt: TimeRange.between(undefined, times[1]) }),
          ActivityFilter.ofFeed({ project, metadata: [where('level', 'high')] }),
          ActivityFilter.ofFeed({
            project,
            metadata: [where('level', 'low', 'high'), where('number', '3', '10', '99')],
          }),
          filterOf({ userIds: ['nobody'] }),
        ];
        for (const filter of filters)
          for (const limit of [1, 3, 500]) {
            const expected = activities.filter((activity) => filter.matches(activity));
            assertWalkFound((await readWholeFeed(feed, { filter, limit })).found, expected);
          }
      },
      async 'a walk that changes its filter returns the matches of the new filter from then on'(
        feed,
        writer,
      ) {
        await writer.begin([0]);
        const activities = variousActivities(60);
        await writer.append(activities, 0, 0);
        const query = FeedQuery.of({
          filter: filterOf({ types: ['LOGIN'] }),
          position: FeedPosition.start(log),
          limit: 10,
        });
        const { activities: logins, position } = await feed.read(query);
        const rest = await readWholeFeed(feed, { filter: filterOf({ types: ['LOGOUT'] }), position });
        const last = logins.at(-1)?.origin?.offset ?? 0;
        const expected = activities.filter(({ type }, index) => type === 'LOGOUT' && index * 2 > last);
        assert.deepEqual(idsOf(rest.found), idsOf(expected));
      },
    },
  }),
  ...feedLimitCases,
];
