import { faultyProxy } from '@user-activity/test-kit';
import { EventSource } from 'eventsource';
import { expect, onTestFinished, test } from 'vitest';
import { Deployment, until } from '../deployment/deployment.ts';

const [total, batch, users] = [10_000, 100, 20];

/** An activity of the feed. `number` counts the activities of the whole test. */
interface Followed {
  readonly id: string;
  readonly userId: string;
  readonly metadata: { readonly number: number };
}

async function logPortion(url: string, first: number): Promise<void> {
  const drafts = Array.from({ length: batch }, (_, index) => ({
    id: `tail-${first + index}`,
    userId: `user-${(first + index) % users}`,
    type: (first + index) % 3 === 0 ? 'LOGIN' : 'VIEW',
    metadata: { number: first + index },
    // The times say nothing about the order.
    createdAt: new Date(1_700_000_000_000 + ((first * 7919) % 1000) * 1000).toISOString(),
  }));
  const response = await fetch(`${url}/api/logs/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(drafts),
  });
  expect(response.status).toBe(202);
}

/** Expects these activities, each once, and those of each user in the order in which they were logged. */
function expectFollowed(found: readonly Followed[], expected: (number: number) => boolean): void {
  const numbers = Array.from({ length: total }, (_, number) => number).filter(expected);
  expect(found.map(({ id }) => id).toSorted()).toEqual(numbers.map((number) => `tail-${number}`).toSorted());
  const latest = new Map<string, number>();
  for (const { userId, metadata } of found) {
    expect(metadata.number).toBeGreaterThan(latest.get(userId) ?? -1);
    latest.set(userId, metadata.number);
  }
}

/** Polls the feed from a cursor to its end. */
async function poll(
  url: string,
  query: string,
  cursor: string,
): Promise<{ found: Followed[]; cursor: string }> {
  const found: Followed[] = [];
  for (let hasMore = true; hasMore; ) {
    const response = await fetch(`${url}/api/logs/feed?limit=500&${query}&cursor=${cursor}`);
    expect(response.status).toBe(200);
    const page = (await response.json()) as {
      data: Followed[];
      pagination: { nextCursor: string; hasMore: boolean };
    };
    found.push(...page.data);
    cursor = page.pagination.nextCursor;
    ({ hasMore } = page.pagination);
  }
  return { found, cursor };
}

async function endOfFeed(url: string): Promise<string> {
  const response = await fetch(`${url}/api/logs/feed?from=now`);
  const { pagination } = (await response.json()) as { pagination: { nextCursor: string } };
  return pagination.nextCursor;
}

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

test('a tail of 10,000 activities has each once and in order, through disconnects, a killed consumer and a rebalance', async () => {
  const deployment = new Deployment();
  const [api, first, second] = ['api', 'consumer', 'consumer'] as const;
  const processes = [api, first, second].map((app) => deployment.start(app));
  const [url = ''] = await Promise.all(processes.map((process) => process.ready()));
  const proxy = await faultyProxy(Number(new URL(url).port), '127.0.0.1');
  onTestFinished(() => proxy.close());
  const proxied = `http://127.0.0.1:${proxy.port}/api/logs/stream`;
  const beginning = await endOfFeed(url);
  const tail = follow(proxied);
  const filtered = follow(`${proxied}?type=LOGIN&metadata.number=3&metadata.number=9000`);
  await until(async () => tail.opened() === 1 && filtered.opened() === 1);

  let cursor = beginning;
  const polled: Followed[] = [];
  for (let number = 0; number < total; number += batch) {
    await logPortion(url, number);
    if (number % 2500 === 2000 && number < 8000) {
      const before = tail.opened();
      const restore = proxy.cut();
      await logPortion(url, (number += batch));
      restore();
      await until(async () => tail.opened() > before);
    }
    if (number % 1000 === 500) {
      const page = await poll(url, '', cursor);
      polled.push(...page.found);
      ({ cursor } = page);
    }
    // One consumer dies without a word, and later another one joins. Both times the partitions are assigned anew.
    if (number === 3000) await processes[1]?.end('SIGKILL');
    if (number === 6000) deployment.start('consumer');
  }
  await until(async () => {
    const page = await poll(url, '', cursor);
    polled.push(...page.found);
    ({ cursor } = page);
    return polled.length >= total && tail.found.length >= total;
  });
  expect(tail.opened()).toBeGreaterThanOrEqual(4);
  expectFollowed(tail.found, () => true);
  expectFollowed(polled, () => true);
  expectFollowed(filtered.found, (number) => number === 3 || number === 9000);
  // This poller stopped for the length of the whole run.
  expectFollowed((await poll(url, '', beginning)).found, () => true);
  expectFollowed((await poll(url, 'type=LOGIN', beginning)).found, (number) => number % 3 === 0);
  expectFollowed((await poll(url, 'type=NONE', beginning)).found, () => false);
});
