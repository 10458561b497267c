import { faultyProxy } from '@user-activity/test-kit';
import { EventSource } from 'eventsource';
import { expect, onTestFinished, test } from 'vitest';
import { backUp, withAdmin } from '../deployment/back-up.ts';
import { Deployment, until } from '../deployment/deployment.ts';
import {
  expectFollowed,
  FeedReader,
  type Followed,
  logPortion,
  numbers,
  portionSize,
} from '../deployment/feed-reader.ts';

/** Follows a stream with the stock client, which reconnects by itself. */
function follow(url: string): { readonly found: Followed[]; readonly opened: () => number } {
  const found: Followed[] = [];
  let opened = 0;
  const source = new EventSource(url);
  source.addEventListener('open', () => {
    opened += 1;
  });
  source.addEventListener('message', ({ data }) => found.push(JSON.parse(String(data)) as Followed));
  onTestFinished(() => source.close());
  return { found, opened: () => opened };
}

/** Starts processes of a deployment. Returns them, and the URL of the first one. */
async function started(deployment: Deployment, ...apps: readonly ('api' | 'consumer' | 'standalone')[]) {
  const processes = apps.map((app) => deployment.start(app));
  const [url = ''] = await Promise.all(processes.map((process) => process.ready()));
  return { url, processes };
}

/** Polls until the reader has found this number of activities. */
const untilFound = (reader: FeedReader, count: number): Promise<void> =>
  until(async () => (await reader.poll()).length >= count);

async function logUpTo(url: string, from: number, to: number): Promise<void> {
  for (let number = from; number < to; number += portionSize) await logPortion(url, number);
}

test('a reader of the stream gets 10,000 activities once and in order, despite disconnects, a killed consumer and a rebalance', async () => {
  const total = 10_000;
  const deployment = new Deployment();
  const { url, processes } = await started(deployment, 'api', 'consumer', 'consumer');
  const proxy = await faultyProxy(Number(new URL(url).port), '127.0.0.1');
  onTestFinished(() => proxy.close());
  const proxied = `http://127.0.0.1:${proxy.port}/api/logs/stream`;
  const poller = await FeedReader.fromEnd(url);
  const stopped = poller.copy();
  const tail = follow(proxied);
  const filtered = follow(`${proxied}?type=LOGIN&metadata.number=3&metadata.number=9000`);
  await until(async () => tail.opened() === 1 && filtered.opened() === 1);
  for (let number = 0; number < total; number += portionSize) {
    await logPortion(url, number);
    if ([2000, 4500, 7000].includes(number)) {
      const before = tail.opened();
      const restore = proxy.cut();
      number += portionSize;
      await logPortion(url, number);
      restore();
      await until(async () => tail.opened() > before);
    }
    if (number % 1000 === 500) await poller.poll();
    // One consumer is killed, and later another one joins. Both times the partitions are assigned anew.
    if (number === 3000) await processes[1]?.end('SIGKILL');
    if (number === 6000) deployment.start('consumer');
  }
  await untilFound(poller, total);
  await until(async () => tail.found.length >= total);
  expect(tail.opened()).toBeGreaterThanOrEqual(4);
  expectFollowed(tail.found, numbers(0, total));
  expectFollowed(poller.found, numbers(0, total));
  expectFollowed(filtered.found, [3, 9000]);
  // This reader was stopped during the whole run.
  const isLogin = (number: number): boolean => number % 3 === 0;
  expectFollowed(await stopped.copy('&type=LOGIN').poll(), numbers(0, total, isLogin));
  expectFollowed(await stopped.copy('&type=NONE').poll(), []);
  expectFollowed(await stopped.poll(), numbers(0, total));
});

test('if a consumer is frozen and wakes late, readers of the feed still get each activity once and in order', async () => {
  const deployment = new Deployment();
  const { url, processes } = await started(deployment, 'api', 'consumer', 'consumer');
  const poller = await FeedReader.fromEnd(url);
  await logUpTo(url, 0, 1000);
  processes[1]?.signal('SIGSTOP');
  await logUpTo(url, 1000, 2000);
  await untilFound(poller, 2000);
  processes[1]?.signal('SIGCONT');
  await logUpTo(url, 2000, 3000);
  await untilFound(poller, 3000);
  expect(await processes[1]?.end('SIGTERM')).toBe(0);
  await logUpTo(url, 3000, 4000);
  await untilFound(poller, 4000);
  expectFollowed(poller.found, numbers(0, 4000));
  expectFollowed(await FeedReader.fromBeginning(url).poll(), numbers(0, 4000));
});

test('after a store is restored from a backup, readers of the feed miss nothing and get nothing twice', async () => {
  const deployment = new Deployment();
  const { url, processes } = await started(deployment, 'api', 'consumer');
  const ahead = FeedReader.fromBeginning(url);
  await logUpTo(url, 0, 300);
  await untilFound(ahead, 300);
  const early = ahead.copy();
  const restore = await backUp(deployment);
  await logUpTo(url, 300, 1300);
  await untilFound(ahead, 1300);
  expect(await processes[1]?.end('SIGTERM')).toBe(0);
  await restore();
  // The reader's cursor is ahead of the settled offsets of the restored store.
  expect(await ahead.copy().poll()).toEqual([]);
  await started(deployment, 'consumer');
  await logUpTo(url, 1300, 1500);
  await untilFound(ahead, 1500);
  expectFollowed(ahead.found, numbers(0, 1500));
  expectFollowed(await early.poll(), numbers(300, 1500));
  expectFollowed(await FeedReader.fromBeginning(url).poll(), numbers(0, 1500));
});

test('topics that share a store have separate feeds, and a topic that was made again has a new one', async () => {
  const [deployment, other] = [new Deployment(), new Deployment()];
  const { url, processes } = await started(deployment, 'standalone');
  const shared = other.start('standalone', { MONGODB_DATABASE: deployment.database });
  const otherUrl = await shared.ready();
  await logUpTo(url, 0, 300);
  await logUpTo(otherUrl, 1000, 1200);
  const [reader, otherReader] = [FeedReader.fromBeginning(url), FeedReader.fromBeginning(otherUrl)];
  await untilFound(reader, 300);
  await untilFound(otherReader, 200);
  expectFollowed(reader.found, numbers(0, 300));
  expectFollowed(otherReader.found, numbers(1000, 1200));
  const foreign = await fetch(`${url}/api/logs/feed?${otherReader.cursor}`);
  expect(foreign.status).toBe(410);

  expect(await processes[0]?.end('SIGTERM')).toBe(0);
  await withAdmin((admin) => admin.deleteTopics({ topics: [deployment.topic] }));
  const { url: newUrl } = await started(deployment, 'standalone');
  const old = await fetch(`${newUrl}/api/logs/stream?${reader.cursor}`);
  expect(old.status).toBe(410);
  await logUpTo(newUrl, 300, 500);
  const next = FeedReader.fromBeginning(newUrl);
  await untilFound(next, 200);
  expectFollowed(next.found, numbers(300, 500));
});
