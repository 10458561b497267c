import { MemoryActivityFeed, MemoryActivityRepository, MemoryStore } from '@user-activity/adapter-memory';
import {
  ActivityFilter,
  FeedPosition,
  FeedQuery,
  LogId,
  ProjectId,
  StoredActivity,
  UserId,
} from '@user-activity/domain';
import { sampleActivity } from '@user-activity/port-contracts';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeEvents, encodeHeartbeat, encodeStreamStart } from '../../src/feed/event-stream.ts';
import { FeedCursor } from '../../src/feed/feed-cursor.ts';

const log = LogId.parse('log');
const filters = [[], [UserId.parse('ann')]].map((userIds) =>
  ActivityFilter.ofFeed({ project: ProjectId.default, userIds }),
);

/** Reads a feed to its end. Returns the id of each event with the id of its activity. */
async function follow(feed: MemoryActivityFeed, filter: ActivityFilter, from: FeedPosition, limit: number) {
  const events: { readonly position: string; readonly activity: string }[] = [];
  for (let position = from; ; ) {
    const page = await feed.read(FeedQuery.of({ filter, position, limit }));
    const text = encodeEvents(page);
    for (const [, id = '', data = ''] of text.matchAll(/^id: (.+)\ndata: (.+)\n\n/gm))
      events.push({ position: id, activity: (JSON.parse(data) as { id: string }).id });
    position = page.position;
    if (!page.hasMore) return events;
  }
}

/** For each partition, whether the activity at each offset is of ann. */
const partitions = fc.array(fc.array(fc.boolean(), { maxLength: 6 }), { minLength: 1, maxLength: 4 });

test('a client that continues after any event, with any page size, gets each later activity once', async () => {
  await fc.assert(
    fc.asyncProperty(
      partitions,
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 1, max: 7 }),
      async (owners, limit, other) => {
        const store = new MemoryStore();
        store.settled.set(
          log,
          owners.map(({ length }) => length),
        );
        const repository = new MemoryActivityRepository(store);
        for (const [partition, list] of owners.entries())
          for (const [offset, isAnn] of list.entries())
            await repository.save(
              [sampleActivity({ userId: isAnn ? 'ann' : 'bob' })],
              [{ log, partition, offset }],
            );
        const feed = new MemoryActivityFeed(store);
        for (const filter of filters) {
          const all = await follow(feed, filter, FeedPosition.start(log), limit);
          const expected = [...store.activities.values()].filter((activity) => filter.matches(activity));
          const ids = all.map(({ activity }) => activity);
          expect(ids.toSorted()).toEqual(expected.map(({ id }) => id as string).toSorted());
          for (const [index, { position }] of all.entries()) {
            const rest = await follow(feed, filter, FeedCursor.parse(position), other);
            expect(rest.map(({ activity }) => activity).toSorted()).toEqual(ids.slice(index + 1).toSorted());
          }
        }
      },
    ),
    { numRuns: 200 },
  );
});

const position: FeedPosition = { log, offsets: [5, 7], turn: 1 };
const text = FeedCursor.text(position);

test('the start has the position and the time to reconnect, and a heartbeat has the position', () => {
  expect(encodeStreamStart(position, 2000)).toBe(`retry: 2000\nid: ${text}\n\n\n`);
  expect(encodeHeartbeat(position)).toBe(`: heartbeat\n\nid: ${text}\n\n\n`);
});

test('the data of an event is one line, whatever its activity contains', () => {
  const activity = sampleActivity({
    userId: 'a',
    metadata: { text: 'a\nb\r\nc\rd\u2028e\u2029\u0000\n\nid: 5\n\ndata: x', 'k\n': ':' },
  });
  const stored = StoredActivity.of(activity, { log, partition: 0, offset: 4 });
  const events = encodeEvents({ activities: [stored], start: position, position, hasMore: false });
  expect(events).toBe(`id: ${text}\ndata: ${stored.toText()}\n\n`);
  expect(events.split(/\r\n|\r|\n/)).toHaveLength(4);
});

test('the id of the last event is the position after the page, and each other id is the position after its activity', () => {
  const activities = [5, 6].map((offset) =>
    StoredActivity.of(sampleActivity(), { log, partition: 0, offset }),
  );
  const end: FeedPosition = { log, offsets: [9, 7], turn: 0 };
  const events = encodeEvents({ activities, start: position, position: end, hasMore: false });
  const ids = [...events.matchAll(/^id: (.+)$/gm)].map(([, id = '']) => FeedCursor.parse(id));
  expect(ids).toEqual([{ log, offsets: [6, 7], turn: 1 }, end]);
});

test('an activity without an origin throws, because it is a bug of the store', () => {
  const stored = StoredActivity.of(sampleActivity());
  const page = { activities: [stored, stored], start: position, position, hasMore: false };
  expect(() => encodeEvents(page)).toThrow('An activity of the feed has no origin.');
});
