import { FeedPosition } from '@user-activity/domain';
import { expect, test } from 'vitest';
import { Followed, log, otherLog, quiet } from './followed.ts';

const start = FeedPosition.start(log);
const never = new AbortController().signal;

/** Collects the result or the error of a promise, without waiting for it. */
function noted<Value>(promise: Promise<Value>): { readonly values: Value[]; readonly errors: unknown[] } {
  const found: { values: Value[]; errors: unknown[] } = { values: [], errors: [] };
  promise.then(
    (value) => found.values.push(value),
    (error: unknown) => found.errors.push(error),
  );
  return found;
}

test('a reader waits until something after its position is settled', async () => {
  const it = new Followed();
  const { values } = noted(it.watch.newsAfter(FeedPosition.end(log, [5]), never));
  for (const offset of [1, 5]) {
    await it.settle(offset);
    await quiet();
    expect([offset, values, it.watch.waiting]).toEqual([offset, [], 1]);
  }
  await it.settle(6);
  await quiet();
  expect([values, it.watch.waiting]).toEqual([[true], 0]);
});

test('news from before the wait ends the wait at once', async () => {
  const it = new Followed();
  it.settleSilently(1);
  expect(await it.watch.newsAfter(start, never)).toBe(true);
});

test('news during a query causes another query', async () => {
  const it = new Followed();
  it.afterQuery = () => {
    it.afterQuery = () => undefined;
    void it.settle(1);
  };
  expect(await it.watch.newsAfter(start, never)).toBe(true);
  expect(it.queries).toBe(2);
});

test('a reader that begins to wait during a query causes another query, because the result may be too old', async () => {
  const it = new Followed();
  let second: Promise<boolean> | undefined;
  it.afterQuery = () => {
    it.afterQuery = () => undefined;
    it.settleSilently(1);
    second = it.watch.newsAfter(start, never);
  };
  const first = it.watch.newsAfter(start, never);
  expect([await first, await second]).toEqual([true, true]);
});

test('the watch queries once a second if nothing wakes it', async () => {
  const it = new Followed();
  const { values } = noted(it.watch.newsAfter(start, never));
  await quiet();
  for (const queries of [1, 2, 3]) {
    expect([it.queries, it.slept]).toEqual([queries, Array.from({ length: queries }, () => 1000)]);
    it.passSecond();
    await quiet();
  }
  it.settleSilently(1);
  await quiet();
  expect(values).toEqual([]);
  it.passSecond();
  await quiet();
  expect(values).toEqual([true]);
});

test('a wake does not start a second pause while one runs', async () => {
  const it = new Followed();
  noted(it.watch.newsAfter(FeedPosition.end(log, [100]), never));
  await quiet();
  for (let offset = 1; offset <= 10; offset += 1) {
    await it.settle(offset);
    await quiet();
  }
  expect(it.slept).toEqual([1000]);
  expect(it.queries).toBe(11);
});

test('one query serves all readers', async () => {
  const it = new Followed();
  const readers = Array.from({ length: 100 }, () => it.watch.newsAfter(start, never));
  await quiet();
  expect(it.queries).toBeLessThanOrEqual(2);
  const before = it.queries;
  await it.settle(1);
  expect(new Set(await Promise.all(readers))).toEqual(new Set([true]));
  expect(it.queries).toBe(before + 1);
});

test('without readers there are no queries and no pauses', async () => {
  const it = new Followed();
  await it.settle(1);
  expect(await it.watch.newsAfter(start, never)).toBe(true);
  await quiet();
  const { queries, slept } = it;
  const pauses = slept.length;
  it.passSecond();
  await it.settle(2);
  await quiet();
  expect([it.queries, slept.length]).toEqual([queries, pauses]);
});

test('a reader leaves when it is aborted, and others stay', async () => {
  const it = new Followed();
  const leaving = new AbortController();
  const left = it.watch.newsAfter(start, leaving.signal);
  const staying = it.watch.newsAfter(start, never);
  leaving.abort();
  expect([await left, it.watch.waiting]).toEqual([false, 1]);
  await it.settle(1);
  expect(await staying).toBe(true);
});

test('a signal that is already aborted ends the wait without a query', async () => {
  const it = new Followed();
  expect(await it.watch.newsAfter(start, AbortSignal.abort())).toBe(false);
  await quiet();
  expect([it.queries, it.watch.waiting]).toEqual([0, 0]);
});

test('`close` ends all waits, lets later ones end at once, and stops listening', async () => {
  const it = new Followed();
  const readers = [it.watch.newsAfter(start, never), it.watch.newsAfter(start, never)];
  expect(it.store.settledListeners.size).toBe(1);
  it.watch.close();
  expect(await Promise.all(readers)).toEqual([false, false]);
  expect([it.watch.waiting, it.store.settledListeners.size]).toEqual([0, 0]);
  await it.settle(1);
  expect(await it.watch.newsAfter(start, never)).toBe(false);
});

test('while the store does not answer, readers wait and the watch queries once a second', async () => {
  const it = new Followed();
  it.store.reachable = false;
  const { values, errors } = noted(it.watch.newsAfter(start, never));
  await quiet();
  for (const queries of [1, 2]) {
    expect([it.queries, values, errors]).toEqual([queries, [], []]);
    it.passSecond();
    await quiet();
  }
  it.store.reachable = true;
  it.settleSilently(1);
  it.passSecond();
  await quiet();
  expect(values).toEqual([true]);
});

test('a bug rejects the waits of all readers, and later readers are served', async () => {
  const it = new Followed();
  const bug = new TypeError('a bug');
  it.afterQuery = () => {
    throw bug;
  };
  const readers = [it.watch.newsAfter(start, never), it.watch.newsAfter(start, never)];
  expect(await Promise.allSettled(readers)).toEqual(readers.map(() => ({ status: 'rejected', reason: bug })));
  expect(it.watch.waiting).toBe(0);
  it.afterQuery = () => undefined;
  it.settleSilently(1);
  expect(await it.watch.newsAfter(start, never)).toBe(true);
});

test('if the store does not know the log, the log is looked up again', async () => {
  const it = new Followed();
  it.store.settled.clear();
  const { values } = noted(it.watch.newsAfter(FeedPosition.start(otherLog), never));
  await quiet();
  it.registered = otherLog;
  it.store.settled.set(otherLog, [1]);
  it.passSecond();
  await quiet();
  expect(values).toEqual([true]);
  expect(await it.watchedLog.end()).toEqual(FeedPosition.end(otherLog, [1]));
});
