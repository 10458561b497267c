import {
  ActivityFilter,
  DomainError,
  type FeedPage,
  FeedPosition,
  ProjectId,
  UserId,
} from '@user-activity/domain';
import { sampleActivity } from '@user-activity/port-contracts';
import { expect, test } from 'vitest';
import { Followed, log, otherLog, quiet } from './followed.ts';

const everything = ActivityFilter.ofFeed({ project: ProjectId.default });
const run = (read: () => Promise<FeedPage>): Promise<FeedPage> => read();
const question = { filter: everything, after: 'beginning', run } as const;
const never = new AbortController().signal;
const ids = ({ activities }: FeedPage): string[] => activities.map(({ id }) => id);
const replaced = expect.objectContaining({ code: 'FEED_REPLACED', kind: 'gone' }) as unknown;

/** A feed that has the activities 0 to `count - 1` of user-0 and user-1 in turn. */
async function filled(count: number): Promise<Followed> {
  const it = new Followed();
  for (let offset = 0; offset < count; offset += 1)
    await it.save(sampleActivity({ id: `a${offset}`, userId: `user-${offset % 2}` }), offset);
  it.settleSilently(count);
  return it;
}

test('a page begins at the beginning, at the end, or after a position', async () => {
  const it = await filled(3);
  const first = await it.readFeed({ ...question, limit: 2 });
  expect([ids(first), first.hasMore, first.start]).toEqual([['a0', 'a1'], true, FeedPosition.start(log)]);
  expect(ids(await it.readFeed({ ...question, after: first.position }))).toEqual(['a2']);
  const atEnd = await it.readFeed({ ...question, after: 'end' });
  expect([ids(atEnd), atEnd.hasMore, atEnd.position]).toEqual([[], false, FeedPosition.end(log, [3])]);
});

test.each([0, 501, 1.5])('a limit of %d is INVALID_QUERY', async (limit) => {
  const it = await filled(1);
  await expect(it.readFeed({ ...question, limit })).rejects.toMatchObject({
    code: 'INVALID_QUERY',
    violations: [{ path: '/limit', message: 'must be a whole number from 1 to 500' }],
  });
});

test('an empty page returns at once if its reader does not wait', async () => {
  const it = await filled(0);
  expect(ids(await it.readFeed(question))).toEqual([]);
  expect(it.watch.waiting).toBe(0);
});

test('a page with activities returns at once although its reader would wait', async () => {
  const it = await filled(1);
  expect(ids(await it.readFeed({ ...question, until: never }))).toEqual(['a0']);
  expect(it.slept).toEqual([]);
});

test('an empty page waits, and returns what is settled next', async () => {
  const it = await filled(1);
  const page = it.readFeed({ ...question, after: 'end', until: never });
  await quiet();
  expect([it.watch.waiting, it.pages]).toEqual([1, 1]);
  await it.save(sampleActivity({ id: 'news' }), 1);
  await it.settle(2);
  expect(ids(await page)).toEqual(['news']);
});

test('news between the page and the wait is not missed', async () => {
  const it = await filled(0);
  it.afterPage = async () => {
    it.afterPage = async () => undefined;
    await it.save(sampleActivity({ id: 'news' }), 0);
    await it.settle(1);
  };
  expect(ids(await it.readFeed({ ...question, until: never }))).toEqual(['news']);
});

test('activities that do not match are skipped, and each page begins where the previous one ended', async () => {
  const it = await filled(0);
  const filter = ActivityFilter.ofFeed({ project: ProjectId.default, userIds: [UserId.parse('ann')] });
  const page = it.readFeed({ ...question, filter, until: never });
  await quiet();
  for (const offset of [0, 1]) {
    await it.save(sampleActivity({ userId: 'bob' }), offset);
    await it.settle(offset + 1);
    await quiet();
    expect([it.watch.waiting, it.pages]).toEqual([1, offset + 2]);
  }
  await it.save(sampleActivity({ id: 'news', userId: 'ann' }), 2);
  await it.settle(3);
  const { position, ...found } = await page;
  expect([ids({ position, ...found }), position.offsets]).toEqual([['news'], [3]]);
});

test('when the time to wait ends, an empty page is returned, whose position has advanced', async () => {
  const it = await filled(2);
  const filter = ActivityFilter.ofFeed({ project: ProjectId.default, userIds: [UserId.parse('ann')] });
  const time = new AbortController();
  const page = it.readFeed({ ...question, filter, until: time.signal });
  await quiet();
  time.abort();
  const { activities, hasMore, position } = await page;
  expect([activities, hasMore, position.offsets]).toEqual([[], false, [2]]);
});

test('an empty page with more to read after it returns at once', async () => {
  const it = await filled(0);
  // A page examines at most 5,000 entries.
  for (let offset = 0; offset < 5001; offset += 1) await it.save(sampleActivity({ userId: 'bob' }), offset);
  it.settleSilently(5001);
  const filter = ActivityFilter.ofFeed({ project: ProjectId.default, userIds: [UserId.parse('ann')] });
  const page = await it.readFeed({ ...question, filter, until: never });
  expect([ids(page), page.hasMore, page.position.offsets]).toEqual([[], true, [5000]]);
  expect(it.watch.waiting).toBe(0);
});

test('each read goes through `run`, but no wait does', async () => {
  const it = await filled(0);
  const runs: string[] = [];
  const page = it.readFeed({
    ...question,
    until: never,
    async run(read) {
      runs.push('begins');
      const found = await read();
      runs.push('ends');
      return found;
    },
  });
  await quiet();
  expect(runs).toEqual(['begins', 'ends']);
  await it.save(sampleActivity(), 0);
  await it.settle(1);
  await page;
  expect(runs).toEqual(['begins', 'ends', 'begins', 'ends']);
});

test('an outage rejects a read, but not a wait', async () => {
  const it = await filled(0);
  it.store.reachable = false;
  const down = expect.objectContaining({ code: 'STORE_UNAVAILABLE' }) as unknown;
  for (const after of ['beginning', 'end', FeedPosition.start(log)] as const)
    await expect(it.readFeed({ ...question, after })).rejects.toEqual(down);
  it.store.reachable = true;
  const page = it.readFeed({ ...question, until: never });
  await quiet();
  it.store.reachable = false;
  it.passSecond();
  await quiet();
  it.store.reachable = true;
  await it.save(sampleActivity({ id: 'news' }), 0);
  await it.settle(1);
  expect(ids(await page)).toEqual(['news']);
});

test('the close of the watch returns an empty page', async () => {
  const it = await filled(0);
  const page = it.readFeed({ ...question, until: never });
  await quiet();
  it.watch.close();
  expect(ids(await page)).toEqual([]);
});

test('a failure of `run` rejects', async () => {
  const it = await filled(0);
  const busy = new DomainError('PROCESS_BUSY', 'No room.');
  await expect(it.readFeed({ ...question, run: () => Promise.reject(busy) })).rejects.toBe(busy);
});

/** Replaces the log in the store by another one with one activity. */
async function replaceLog(it: Followed): Promise<void> {
  it.store.settled.clear();
  it.store.settled.set(otherLog, [1]);
  it.registered = otherLog;
  await it.save(sampleActivity({ id: 'other' }), 0, otherLog);
}

test('a position of another log is FEED_REPLACED', async () => {
  const it = await filled(1);
  await expect(it.readFeed({ ...question, after: FeedPosition.start(otherLog) })).rejects.toEqual(replaced);
});

test.each(['beginning', 'end'] as const)(
  'after another log has replaced the log, a reader from the %s reads the new log',
  async (after) => {
    const it = await filled(1);
    await replaceLog(it);
    const page = await it.readFeed({ ...question, after });
    expect([ids(page), page.position.log]).toEqual([after === 'end' ? [] : ['other'], otherLog]);
  },
);

test('a position of the new log is valid, even if this process has not noticed the new log', async () => {
  const it = await filled(1);
  await replaceLog(it);
  expect(ids(await it.readFeed({ ...question, after: FeedPosition.start(otherLog) }))).toEqual(['other']);
});

test('a position of the old log is FEED_REPLACED, even if this process has not noticed the new log', async () => {
  const it = await filled(1);
  await replaceLog(it);
  await expect(it.readFeed({ ...question, after: FeedPosition.end(log, [1]) })).rejects.toEqual(replaced);
});

test('a reader that waits while its log is replaced gets FEED_REPLACED, without further queries', async () => {
  const it = await filled(0);
  const page = it.readFeed({ ...question, until: never });
  await quiet();
  await replaceLog(it);
  it.passSecond();
  await expect(page).rejects.toEqual(replaced);
  expect(it.pages).toBe(1);
});

test('before anything was settled, a reader waits for the first activity', async () => {
  const it = await filled(0);
  it.store.settled.clear();
  const page = it.readFeed({ ...question, after: 'end', until: never });
  await quiet();
  expect(it.watch.waiting).toBe(1);
  await it.save(sampleActivity({ id: 'first' }), 0);
  it.settleSilently(1);
  it.passSecond();
  expect(ids(await page)).toEqual(['first']);
});
