import { LogId } from '@user-activity/domain';
import { mongodbUri } from '@user-activity/test-kit/shared';
import { MongoClient } from 'mongodb';
import { expect, onTestFinished, test, vi } from 'vitest';
import { MongoActivityFeed, MongoSettledOffsets, MongoStore } from '../src/index.ts';
import { freshStore } from './mongo-subjects.ts';

const log = LogId.parse('log-1');

/** Opens a feed over a connection that can be cut, and the settled offsets of another process, whose connection does not fail. */
async function setUp() {
  const fresh = await freshStore();
  onTestFinished(fresh.close);
  const { database, store } = fresh;
  const writer = await MongoStore.open({ uri: mongodbUri(), database });
  onTestFinished(() => writer.close());
  const client = await MongoClient.connect(mongodbUri());
  onTestFinished(() => client.close());
  const settled = new MongoSettledOffsets(writer);
  await settled.begin(log, [0]);
  let offset = 0;
  return {
    ...fresh,
    settled,
    feed: new MongoActivityFeed(store),
    async step() {
      offset += 1;
      expect(await settled.settle({ log, partition: 0, from: offset - 1, to: offset })).toBe(true);
    },
    /** Returns how many change streams the server has open for the settled offsets. */
    async streams() {
      const cursors = await client
        .db('admin')
        .aggregate([
          { $currentOp: { idleCursors: true } },
          { $match: { ns: `${database}.settled`, 'cursor.tailable': true } },
        ])
        .toArray();
      return cursors.length;
    },
  };
}

/** Fails the test if a promise rejects and nothing handles it. */
function watchRejections() {
  const onRejection = vi.fn<(reason: unknown) => void>();
  process.on('unhandledRejection', onRejection);
  onTestFinished(() => {
    process.off('unhandledRejection', onRejection);
    expect(onRejection).not.toHaveBeenCalled();
  });
}

test('listeners share a stream, and are called for each step of another process, but not for its reads', async () => {
  const { feed, streams, step, settled } = await setUp();
  expect(await streams()).toBe(0);
  const [first, second] = [vi.fn<() => void>(), vi.fn<() => void>()];
  const remove = feed.onSettled(first);
  feed.onSettled(second);
  await expect.poll(streams).toBe(1);
  for (let steps = 1; steps <= 10; steps += 1) {
    await step();
    await expect.poll(() => second.mock.calls.length).toBeGreaterThanOrEqual(steps);
    await settled.find(log);
  }
  expect(second).toHaveBeenCalledTimes(10);
  expect(first).toHaveBeenCalledTimes(10);
  remove();
  await step();
  await expect.poll(() => second.mock.calls.length).toBe(11);
  expect(first).toHaveBeenCalledTimes(10);
  expect(await streams()).toBe(1);
});

test('calls continue after the connection was cut and restored', async () => {
  watchRejections();
  const { feed, streams, step, interrupt } = await setUp();
  const listener = vi.fn<() => void>();
  feed.onSettled(listener);
  await expect.poll(streams).toBe(1);
  for (let cuts = 0; cuts < 2; cuts += 1) {
    const restore = await interrupt();
    await step();
    await restore();
    listener.mockClear();
    await expect
      .poll(async () => {
        await step();
        return listener.mock.calls.length;
      })
      .toBeGreaterThan(0);
  }
});

type Fixture = Awaited<ReturnType<typeof setUp>>;
type Step = (fixture: Fixture) => Promise<unknown>;

const isOpen: Step = ({ streams }) => expect.poll(streams).toBe(1);
const isEnded: Step = ({ streams }) => expect.poll(streams).toBe(0);
const nothing: Step = async () => undefined;

test.each<[string, before: Step, after: Step]>([
  ['that waits for a change', isOpen, isEnded],
  ['that was just begun', nothing, isEnded],
  // In this case, the server keeps the stream open for some minutes.
  ['whose connection is cut', (fixture) => isOpen(fixture).then(fixture.interrupt), nothing],
])('close ends a stream %s, and no listener begins another one', async (_, before, after) => {
  watchRejections();
  const fixture = await setUp();
  const { feed, step, store } = fixture;
  const listener = vi.fn<() => void>();
  feed.onSettled(listener);
  await before(fixture);
  const watched = vi.spyOn(store.settled, 'watch');
  await store.close();
  await after(fixture);
  feed.onSettled(listener);
  await step();
  expect(listener).not.toHaveBeenCalled();
  expect(watched).not.toHaveBeenCalled();
});
