import { FeedPosition, FeedQuery, LogId } from '@user-activity/domain';
import { filterOf, sampleActivities } from '@user-activity/port-contracts';
import type { ClientSession, Document } from 'mongodb';
import { expect, onTestFinished, test } from 'vitest';
import {
  MongoActivityFeed,
  MongoActivityRepository,
  MongoSettledOffsets,
  type MongoStore,
} from '../src/index.ts';
import { freshStore } from './mongo-subjects.ts';

const log = LogId.parse('log-1');
const start = FeedPosition.start(log);
const queryFrom = (position: FeedPosition) => FeedQuery.of({ filter: filterOf(), position });

/** Stores and settles 10 activities of partition 0. Returns a feed that calls `between` before it reads activities. */
async function setUp(between: (store: MongoStore) => Promise<unknown>) {
  const { store, close } = await freshStore();
  onTestFinished(close);
  const settled = new MongoSettledOffsets(store);
  await settled.begin(log, [0, 0]);
  const origins = Array.from({ length: 10 }, (_, offset) => ({ log, partition: 0, offset }));
  const activities = sampleActivities(10);
  await new MongoActivityRepository(store).save(activities, origins);
  await settled.settle({ log, partition: 0, from: 0, to: 10 });
  const observed = Object.create(store, {
    // The store does this with a private field.
    inSession: { value: store.inSession.bind(store) },
    readPrimary: {
      async value(command: Document, session?: ClientSession) {
        await between(store);
        return store.readPrimary(command, session);
      },
    },
  }) as MongoStore;
  return { store, settled, feed: new MongoActivityFeed(observed), ids: activities.map(({ id }) => id) };
}

test.each([
  [
    'an older copy',
    (store: MongoStore) => store.settled.updateOne({ _id: log }, { $set: { offsets: [4, 0] } }),
  ],
  [
    'a copy with fewer partitions',
    (store: MongoStore) => store.settled.updateOne({ _id: log }, { $set: { offsets: [10] } }),
  ],
  ['a copy that lacks the log', (store: MongoStore) => store.settled.deleteOne({ _id: log })],
])('a page is rejected if %s replaces the store meanwhile', async (_, replace) => {
  const { feed, store } = await setUp(async (copied) => {
    await copied.activities.deleteMany({ 'origin.offset': { $gte: 4 } });
    await replace(copied);
  });
  await expect(feed.read(queryFrom(start))).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    message: 'An older copy replaced the store during the read. Try again.',
  });
  // The reader tries again from the same position, so it misses nothing.
  const { offsets = [] } = (await store.settled.findOne({ _id: log })) ?? {};
  const page = await new MongoActivityFeed(store).read(queryFrom(start));
  expect(page.position.offsets).toEqual(offsets);
  expect(page.activities.length).toBe(offsets.length === 0 ? 0 : 4);
});

test('a page is not rejected if a settled offset rises meanwhile', async () => {
  const { feed, ids } = await setUp((store) =>
    new MongoSettledOffsets(store).settle({ log, partition: 0, from: 10, to: 20 }),
  );
  const page = await feed.read(queryFrom(start));
  expect(page.activities.map(({ id }) => id)).toEqual(ids);
  expect(page.position.offsets).toEqual([10, 0]);
});
