import { MemorySettledOffsets, MemoryStore } from '@user-activity/adapter-memory';
import { LogId } from '@user-activity/domain';
import { describe, expect, test } from 'vitest';
import { WatchedOffsets } from '../src/storing/watched-offsets.ts';

const log = LogId.parse('log-1');

function setUp() {
  const store = new MemoryStore();
  return { store, settledOffsets: new MemorySettledOffsets(store) };
}

describe('a store that was restored from a backup is noticed', () => {
  test('once, if an offset is lower than before', async () => {
    const { store, settledOffsets } = setUp();
    const { noticeRestoredStore: notice } = new WatchedOffsets(settledOffsets, log);
    await settledOffsets.begin(log, [3, 20]);
    expect(await notice()).toBe(false);
    await settledOffsets.settle({ log, partition: 1, from: 20, to: 30 });
    expect(await notice()).toBe(false);
    store.settled.set(log, [3, 29]);
    expect(await notice()).toBe(true);
    expect(await notice()).toBe(false);
  });

  test('if an offset is lower than this process has settled, even if it was never read', async () => {
    const { store, settledOffsets } = setUp();
    await settledOffsets.begin(log, [3, 20]);
    const watched = new WatchedOffsets(settledOffsets, log);
    expect(await watched.settle({ log, partition: 1, from: 20, to: 30 })).toBe(true);
    store.settled.set(log, [3, 20]);
    expect(await watched.noticeRestoredStore()).toBe(true);
    expect(await watched.noticeRestoredStore()).toBe(false);
  });

  test('if an offset is lower than at the start', async () => {
    const { store, settledOffsets } = setUp();
    await settledOffsets.begin(log, [3, 20]);
    const watched = new WatchedOffsets(settledOffsets, log);
    expect(await watched.find(log)).toEqual([3, 20]);
    store.settled.set(log, [3, 19]);
    expect(await watched.noticeRestoredStore()).toBe(true);
  });

  test('but not because of an offset that was settled during the query', async () => {
    const { settledOffsets } = setUp();
    await settledOffsets.begin(log, [3, 20]);
    const watched: WatchedOffsets = new WatchedOffsets(
      {
        history: () => settledOffsets.history(),
        begin: (...beginning) => settledOffsets.begin(...beginning),
        settle: (step) => settledOffsets.settle(step),
        async find() {
          const found = await settledOffsets.find(log);
          await watched.settle({ log, partition: 1, from: 20, to: 30 });
          return found;
        },
      },
      log,
    );
    expect(await watched.noticeRestoredStore()).toBe(false);
    expect(await watched.noticeRestoredStore()).toBe(false);
  });

  test('if the store does not know the log any more', async () => {
    const { store, settledOffsets } = setUp();
    const { noticeRestoredStore: notice } = new WatchedOffsets(settledOffsets, log);
    await settledOffsets.begin(log, [0, 0]);
    expect(await notice()).toBe(false);
    store.settled.clear();
    expect(await notice()).toBe(true);
  });

  test('even if the store was unavailable meanwhile', async () => {
    const { store, settledOffsets } = setUp();
    const { noticeRestoredStore: notice } = new WatchedOffsets(settledOffsets, log);
    await settledOffsets.begin(log, [3, 20]);
    await notice();
    store.reachable = false;
    expect(await notice()).toBe(false);
    store.reachable = true;
    store.settled.set(log, [2, 20]);
    expect(await notice()).toBe(true);
  });
});
