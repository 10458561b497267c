import { expect } from 'vitest';

/** The number of activities that `logPortion` logs. */
export const portionSize = 100;
const users = 20;

/** An activity that `logPortion` has logged. */
export interface Followed {
  readonly id: string;
  readonly userId: string;
  /** The number of the activity in the test. The activities of a user were logged in the order of their numbers. */
  readonly metadata: { readonly number: number };
}

/** Logs a hundred activities of 20 users, with numbers from `first` on. */
export async function logPortion(url: string, first: number): Promise<void> {
  const drafts = Array.from({ length: portionSize }, (_, index) => ({
    id: `followed-${first + index}`,
    userId: `user-${(first + index) % users}`,
    type: (first + index) % 3 === 0 ? 'LOGIN' : 'VIEW',
    metadata: { number: first + index },
    // The times are not in the order of logging.
    createdAt: new Date(1_700_000_000_000 + ((first * 7919) % 1000) * 1000).toISOString(),
  }));
  const response = await fetch(`${url}/api/logs/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(drafts),
  });
  expect(response.status).toBe(202);
}

/** Expects the activities with these numbers, each once, and those of each user in the order in which they were logged. */
export function expectFollowed(found: readonly Followed[], numbers: Iterable<number>): void {
  const ids = [...numbers].map((number) => `followed-${number}`);
  expect(found.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  const latest = new Map<string, number>();
  for (const { userId, metadata } of found) {
    expect(metadata.number).toBeGreaterThan(latest.get(userId) ?? -1);
    latest.set(userId, metadata.number);
  }
}

/** Returns the numbers from `from` to below `to` that fulfil the condition. */
export const numbers = (from: number, to: number, condition = (_number: number): boolean => true) =>
  Array.from({ length: to - from }, (_, index) => from + index).filter(condition);

interface Page {
  readonly data: readonly Followed[];
  readonly pagination: { readonly nextCursor: string; readonly hasMore: boolean };
}

async function page(url: string, query: string): Promise<Page> {
  const response = await fetch(`${url}/api/logs/feed?${query}`);
  expect(response.status).toBe(200);
  return (await response.json()) as Page;
}

/** A program that polls the feed, and keeps its cursor. */
export class FeedReader {
  readonly found: Followed[] = [];
  readonly #url: string;
  readonly #filter: string;
  #position: string;

  private constructor(url: string, filter: string, position: string) {
    this.#url = url;
    this.#filter = filter;
    this.#position = position;
  }

  static fromBeginning(url: string, filter = ''): FeedReader {
    return new FeedReader(url, filter, '');
  }

  static async fromEnd(url: string): Promise<FeedReader> {
    const { pagination } = await page(url, 'from=now');
    return new FeedReader(url, '', `&cursor=${pagination.nextCursor}`);
  }

  /** Returns a reader at the position of this one, without found activities. */
  copy(filter = ''): FeedReader {
    return new FeedReader(this.#url, filter, this.#position);
  }

  /** Reads pages until there are no more. */
  async poll(): Promise<readonly Followed[]> {
    for (let hasMore = true; hasMore; ) {
      const { data, pagination } = await page(this.#url, `limit=500${this.#filter}${this.#position}`);
      this.found.push(...data);
      this.#position = `&cursor=${pagination.nextCursor}`;
      ({ hasMore } = pagination);
    }
    return this.found;
  }

  get cursor(): string {
    return this.#position;
  }
}
