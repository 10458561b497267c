import type { Activity, ActivityFilter } from '../api/activity.ts';
import type { CallOptions, Connection } from '../http/connection.ts';
import { mayPass, retry } from '../http/pauses.ts';
import { failureOf } from '../http/problem-error.ts';
import { filterParameters } from './query-parameters.ts';

/** Where the feed begins, and how it is read. */
export interface FeedOptions extends Omit<ActivityFilter, 'from'>, CallOptions {
  /** The cursor of the last page that you have. Default: the feed begins with the oldest activity. */
  readonly cursor?: string | undefined;
  /** `now`: begin at the end, if there is no cursor. Otherwise the first moment of createdAt. */
  readonly from?: string | Date | undefined;
  /** The maximum number of activities of a page: 1 to 500. Default: 500. */
  readonly limit?: number | undefined;
  /** Whether to wait for new activities at the end. Default: true. */
  readonly follow?: boolean | undefined;
}

/** Activities of the feed, in an order in which nothing ever appears before the position of a reader. */
export interface FeedPage {
  readonly activities: readonly Activity[];
  /** The position after the page. Save it together with what you made of the activities: then you have each exactly once. */
  readonly cursor: string;
}

interface FeedAnswer {
  readonly data: readonly Activity[];
  readonly pagination?: { readonly nextCursor?: string; readonly hasMore?: boolean };
}

const waitSeconds = 20;

/**
 * Reads the feed from the cursor on. Outages only delay it. Yields pages that have activities or move the cursor. Throws ConnectionError if
 * another server answers first, or answers with something else than a page.
 */
export async function* readFeed(
  connection: Connection,
  { cursor: start, limit = 500, follow = true, signal, timeoutMs, ...filter }: FeedOptions,
): AsyncGenerator<FeedPage, void, undefined> {
  const wait = follow ? waitSeconds : 0;
  let [cursor, isKnown] = [start, false];
  for (;;) {
    const query = filterParameters(filter, { cursor, limit, wait });
    const call = {
      path: '/api/logs/feed',
      query,
      signal,
      timeoutMs: (timeoutMs ?? connection.timeoutMs) + wait * 1000,
    };
    const page = await retry(
      () => connection.json<FeedAnswer | undefined>(call),
      signal,
      (_failures, _pauseMs, error) => mayPass(error, isKnown),
    );
    const { nextCursor = '', hasMore } = page?.pagination ?? {};
    if (page === undefined || nextCursor === '') throw failureOf(new SyntaxError('no page of the feed'));
    isKnown = true;
    if (page.data.length > 0 || nextCursor !== cursor) yield { activities: page.data, cursor: nextCursor };
    cursor = nextCursor;
    if (!follow && !hasMore) return;
  }
}
