import type { Activity, ActivityFilter } from '../api/activity.ts';
import type { CallOptions, Connection } from '../http/connection.ts';
import { isRetryable, retry } from '../http/pauses.ts';
import { requestErrorFrom } from '../http/problem-error.ts';
import { filterParameters } from './query-parameters.ts';

/** Where the feed starts, which activities it yields, and how many per page. */
export interface FeedOptions extends Omit<ActivityFilter, 'from'>, CallOptions {
  /** The `cursor` of the last page that you have processed. Default: the feed begins with the oldest activity. */
  readonly cursor?: string | undefined;
  /** `now`: without a cursor, the feed begins after the newest activity. Any other time: the earliest `createdAt`, inclusive. */
  readonly from?: string | Date | undefined;
  /** The maximum number of activities of a page: 1 to 500. Default: 500. */
  readonly limit?: number | undefined;
  /** Whether to wait for new activities at the end of the feed. If false, the iteration ends there. Default: true. */
  readonly follow?: boolean | undefined;
}

/** A page of the feed. New activities are only added at the end of the feed, never before the cursor of a reader. */
export interface FeedPage {
  readonly activities: readonly Activity[];
  /** The position after the page. Save it in the same transaction as your results, to process each activity exactly once. */
  readonly cursor: string;
}

interface FeedAnswer {
  readonly data: readonly Activity[];
  readonly pagination?: { readonly nextCursor?: string; readonly hasMore?: boolean };
}

const waitSeconds = 20;

/**
 * Yields the pages of the feed after the cursor. It skips pages that have no activities and do not move the cursor. During an outage it
 * retries until the service answers. Throws ConnectionError if the first answer is not JSON, or if any answer is JSON but not a feed page:
 * the URL then belongs to another server.
 */
export async function* readFeed(
  connection: Connection,
  { cursor: start, limit = 500, follow = true, signal, timeoutMs, ...filter }: FeedOptions,
): AsyncGenerator<FeedPage, void, undefined> {
  const wait = follow ? waitSeconds : 0;
  let [cursor, hasAnswered] = [start, false];
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
      (_failures, _pauseMs, error) => isRetryable(error, hasAnswered),
    );
    const { nextCursor = '', hasMore } = page?.pagination ?? {};
    if (page === undefined || nextCursor === '') throw requestErrorFrom(new SyntaxError('not a feed page'));
    hasAnswered = true;
    if (page.data.length > 0 || nextCursor !== cursor) yield { activities: page.data, cursor: nextCursor };
    cursor = nextCursor;
    if (!follow && !hasMore) return;
  }
}
