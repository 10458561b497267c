import { setTimeout as delay } from 'node:timers/promises';

/** The result of a walk over the pages of a service. */
export interface WalkedLogs {
  readonly name: string;
  /** The ids of the activities that were stored before the walk and match its filter, in the order of the walk. */
  readonly expected: readonly string[];
  /** The ids of the earlier activities on the pages, in their order there. */
  readonly seen: readonly string[];
  /** The number of activities on the pages that were written during the walk. */
  readonly others: number;
  /** The ids that were on the pages more than once. */
  readonly repeated: readonly string[];
}

const count = 600;
const limit = 25;
/** The number of activities written while a page is read. It must be less than `limit`, or a walk may never end. */
const perPage = 6;
const walks = ['', '&metadata.device.os=ios', '&userId=user-1&userId=user-2&metadata.device.os=ios'].flatMap(
  (filter) => ['asc', 'desc'].map((order) => ({ name: `${order}${filter}`, order, filter })),
);

/**
 * Logs activities, and walks the pages of `GET /api/logs` in both orders, with and without conditions on metadata, while others
 * log activities before, between and after them. Rejects if a request fails.
 */
export async function walkLogsWhileOthersWrite(url: string): Promise<readonly WalkedLogs[]> {
  const oldest = Math.floor(Date.now() / 1000) * 1000 - 3_600_000;
  const old = Array.from({ length: count }, (_, index) =>
    activity(`old-${index}`, index, oldest + Math.floor(index / 4) * 1000),
  );
  await send(url, old);
  const from = `from=${new Date(oldest - 3_600_000).toISOString()}`;
  while ((await counted(url, from)) < count) await delay(20);
  let written = 0;
  const write = (): Promise<void> => {
    const others = Array.from({ length: perPage }, () => {
      written += 1;
      // Their times go from before the first to after the last, and some are equal to those of earlier ones.
      return activity(`new-${written}`, written, oldest + ((written * 7) % 170) * 1000 - 10_000);
    });
    return send(url, others);
  };
  const results: WalkedLogs[] = [];
  for (const { name, order, filter } of walks) {
    const ids = await walked(url, `${from}&order=${order}&limit=${limit}${filter}`, write);
    const seen = ids.filter((id) => id.startsWith('old-'));
    const expected = old
      .filter(
        (_, index) =>
          (!filter.includes('metadata') || index % 2 === 0) && (!filter.includes('userId') || index % 3 > 0),
      )
      .toSorted((a, b) => compare(a.createdAt, b.createdAt) || compare(a.id, b.id))
      .map(({ id }) => id);
    results.push({
      name,
      expected: order === 'asc' ? expected : expected.toReversed(),
      seen,
      others: ids.length - seen.length,
      repeated: ids.filter((id, index) => ids.indexOf(id) !== index),
    });
  }
  return results;
}

/** Makes an activity. Half of them are from ios, each third has another user, and groups of four share a time. */
const activity = (id: string, index: number, createdAt: number) => ({
  id,
  userId: `user-${index % 3}`,
  type: 'VIEW',
  metadata: { device: [{ os: index % 2 === 0 ? 'ios' : 'android' }] },
  createdAt: new Date(createdAt).toISOString(),
});

async function send(url: string, activities: readonly unknown[]): Promise<void> {
  const response = await fetch(`${url}/api/logs/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(activities),
  });
  if (response.status !== 202) throw new Error(`A batch was answered ${response.status}.`);
}

async function counted(url: string, query: string): Promise<number> {
  const { count: number } = (await answered(`${url}/api/logs/count?${query}`)) as { count: number };
  return number;
}

/** Returns the ids on all pages. Calls `write` while each page is read. */
async function walked(url: string, query: string, write: () => Promise<void>): Promise<readonly string[]> {
  const ids: string[] = [];
  let cursor = '';
  for (;;) {
    const [page] = await Promise.all([answered(`${url}/api/logs?${query}${cursor}`), write()]);
    const { data, pagination } = page as {
      data: { id: string }[];
      pagination: { nextCursor: string | null };
    };
    ids.push(...data.map(({ id }) => id));
    if (pagination.nextCursor === null) return ids;
    cursor = `&cursor=${pagination.nextCursor}`;
  }
}

async function answered(url: string): Promise<unknown> {
  const response = await fetch(url);
  if (response.status !== 200) throw new Error(`${url} was answered ${response.status}.`);
  return response.json();
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
