import type { Activity, ActivityFilter, ActivityQuery, NewActivity, Page } from './api/activity.ts';
import type { ActivityStatus, Erasure, ErasureReceipt, Outcome, Stats, StatsUnit } from './api/answers.ts';
import type { DeadLetter, DeadLetterQuery, ReplayReceipt, ReplayRequest } from './api/dead-letter.ts';
import { type CallOptions, Connection, type ConnectionOptions } from './http/connection.ts';
import { pathSegment } from './http/path-segment.ts';
import { Keys } from './keys.ts';
import {
  exportActivities,
  type ExportOptions,
  exportText,
  type ExportTextOptions,
} from './reading/export.ts';
import { type FeedOptions, type FeedPage, readFeed } from './reading/feed.ts';
import { walkPages } from './reading/pages.ts';
import { filterParameters, queryParameters } from './reading/query-parameters.ts';
import { followTail, type TailEvent, type TailOptions } from './reading/tail.ts';
import type { ActivityQueue } from './sending/activity-queue.ts';
import { type DurableOptions, logDurably } from './sending/log-durably.ts';
import { MemoryQueue, type QueueLimits } from './sending/memory-queue.ts';
import { activityLine } from './sending/activity-line.ts';
import { type CloseOptions, Outbox } from './sending/outbox.ts';
import type { Rejection } from './sending/rejections.ts';
import type { SenderOptions } from './sending/sender.ts';

/** Options of a client. Only `url` is required. */
export interface ClientOptions extends ConnectionOptions, SenderOptions {
  /**
   * Where `log` keeps activities until the service has them. Pass limits for a queue in memory, or a `DiskSpool` from
   * `@user-activity/client/node`. Default: a queue in memory.
   */
  readonly queue?: QueueLimits | ActivityQueue | undefined;
  /**
   * Called for each activity passed to `log` that the service rejected for good. Without this callback, `flush` and `close` reject with
   * NotLoggedError if there are such activities.
   */
  readonly onRejected?: ((rejection: Rejection) => void) | undefined;
}

/** Which activities to count, and how to group them. */
export interface StatsOptions extends ActivityFilter {
  readonly by: StatsUnit;
  /** The IANA time zone in which minutes, hours, days, weeks and months begin. Default: UTC. */
  readonly timezone?: string | undefined;
}

/**
 * A client of the user-activity log. Methods reject with ProblemError if the service refuses the request, with ConnectionError if there
 * is no complete answer in time, and with the reason of `signal` if that is aborted.
 */
export class ActivityClient {
  /** Lists, creates, rotates and revokes API keys. Needs an API key with the scope `admin`. */
  readonly keys: Keys;
  readonly #connection: Connection;
  readonly #outbox: Outbox;

  constructor(options: ClientOptions) {
    const { queue, onRejected } = options;
    this.#connection = new Connection(options);
    this.keys = new Keys(this.#connection);
    const activityQueue = queue !== undefined && 'add' in queue ? queue : new MemoryQueue(queue);
    this.#outbox = new Outbox(this.#connection, activityQueue, onRejected, options);
  }

  /**
   * Queues an activity, and returns its id. The client sends it in a batch in the background, and retries until the service has
   * accepted or rejected it. Throws QueueFullError if the queue is full. The activity is then not logged.
   */
  log(activity: NewActivity): string {
    const { id, line } = activityLine(activity);
    this.#outbox.add(line);
    return id;
  }

  /**
   * Logs an activity, and resolves once the log of the service holds it durably. Rejects if the time limit passes first. With `wait`,
   * it waits for the outcome in the store, and rejects with NotStoredError if that is `conflict`, `erased` or `dead_lettered`.
   */
  logDurably(activity: NewActivity, options: DurableOptions = {}): Promise<Outcome> {
    return logDurably(this.#connection, activity, options);
  }

  /** The number of queued activities: those passed to `log` that the service has neither accepted nor rejected. */
  get queued(): number {
    return this.#outbox.count;
  }

  /**
   * Sends the queue without waiting for more activities. Resolves once the service has accepted or rejected every activity that is queued
   * now. Rejects with ProblemError if the service refuses the requests, and with NotLoggedError if it rejected activities and there is no
   * `onRejected`. If `timeoutMs` passes first, it rejects with ConnectionError, and the activities stay queued. Without `timeoutMs`, it
   * waits until an outage ends.
   */
  flush(options: CallOptions = {}): Promise<void> {
    return this.#outbox.flush(options);
  }

  /**
   * Flushes for at most `timeoutMs`, and then closes the client for good. Rejects with NotLoggedError if activities in a memory queue
   * were not sent. Activities in a spool stay there for the next process.
   */
  close(options: CloseOptions = {}): Promise<void> {
    return this.#outbox.close(options);
  }

  /** Resolves with the activity that has the id, or with undefined if none is stored. */
  async get(id: string, options: CallOptions = {}): Promise<Activity | undefined> {
    return this.#connection.find<Activity>({ path: `/api/logs/${pathSegment(id)}`, ...options });
  }

  /** Resolves with the status of the activity that has the id: stored, dead-lettered or unknown. */
  async status(id: string, options: CallOptions = {}): Promise<ActivityStatus> {
    return this.#connection.get({ path: `/api/logs/${pathSegment(id)}/status`, ...options });
  }

  /** Yields all activities that match, page by page. It neither skips nor repeats an activity, even if others are logged meanwhile. */
  query(query: ActivityQuery = {}, options: CallOptions = {}): AsyncGenerator<Activity, void, undefined> {
    const { order, limit, ...filter } = query;
    const makeQuery = (cursor?: string) => filterParameters(filter, { order, limit, cursor });
    return walkPages(this.#connection, '/api/logs', makeQuery, options);
  }

  /** Resolves with one page of the activities that match. To get the next page, pass its `nextCursor` as `cursor`, with the same query. */
  queryPage(
    { order, limit, ...filter }: ActivityQuery = {},
    { cursor, ...options }: CallOptions & { readonly cursor?: string } = {},
  ): Promise<Page<Activity>> {
    const query = filterParameters(filter, { order, limit, cursor });
    return this.#connection.get({ path: '/api/logs', query, ...options });
  }

  /** Resolves with the exact number of activities that match. */
  async count(filter: ActivityFilter = {}, options: CallOptions = {}): Promise<number> {
    const call = { path: '/api/logs/count', query: filterParameters(filter), ...options };
    return (await this.#connection.get<{ readonly count: number }>(call)).count;
  }

  /** Resolves with the number of activities of each type, of each user, or in each unit of time. */
  stats({ by, timezone, ...filter }: StatsOptions, options: CallOptions = {}): Promise<Stats> {
    const query = filterParameters(filter, { by, timezone });
    return this.#connection.get({ path: '/api/logs/stats', query, ...options });
  }

  /**
   * Yields all activities that match, from one streamed response: the fastest way to read many. After an outage it continues after the
   * last activity that it yielded. Pass absolute times, because the service resolves a relative time such as `-24h` again after an outage.
   */
  export(options: ExportOptions = {}): AsyncGenerator<Activity, void, undefined> {
    return exportActivities(this.#connection, options);
  }

  /** Yields the text of an export in chunks of whole lines. Throws ConnectionError if the response breaks off. Pass `after` to continue. */
  exportText(options: ExportTextOptions = {}): AsyncGenerator<string, void, undefined> {
    return exportText(this.#connection, options);
  }

  /** Yields pages of the feed after a cursor. At the end of the feed, it waits for new activities. It retries during an outage. */
  feed(options: FeedOptions = {}): AsyncGenerator<FeedPage, void, undefined> {
    return readFeed(this.#connection, options);
  }

  /** Yields new activities as they arrive. It reconnects by itself, and neither misses nor repeats an activity. */
  tail(options: TailOptions = {}): AsyncGenerator<TailEvent, void, undefined> {
    return followTail(this.#connection, options);
  }

  /**
   * Requests the erasure of all activities and dead letters that a user has up to now. Resolves once the log holds the request. Call
   * `erasure` to see the progress.
   */
  async eraseUser(
    userId: string,
    { mode, ...options }: CallOptions & { readonly mode?: 'erase' | 'anonymise' } = {},
  ): Promise<ErasureReceipt> {
    const path = `/api/users/${pathSegment(userId)}/logs`;
    return this.#connection.json({ method: 'DELETE', path, query: queryParameters({ mode }), ...options });
  }

  /** Resolves with the progress of an erasure, or with undefined if the service has no record of the id (yet). */
  async erasure(id: string, options: CallOptions = {}): Promise<Erasure | undefined> {
    return this.#connection.find({ path: `/api/erasures/${pathSegment(id)}`, ...options });
  }

  /** Yields the dead letters that match. */
  deadLetters(
    { code, from, to, order, limit }: DeadLetterQuery = {},
    options: CallOptions = {},
  ): AsyncGenerator<DeadLetter, void, undefined> {
    const makeQuery = (cursor?: string) => queryParameters({ code, from, to, order, limit, cursor });
    return walkPages(this.#connection, '/api/dead-letters', makeQuery, options);
  }

  /** Sends dead letters back to the log, so that the consumer tries to store them again. */
  replayDeadLetters(which: ReplayRequest, options: CallOptions = {}): Promise<ReplayReceipt> {
    return this.#connection.json({
      method: 'POST',
      path: '/api/dead-letters/replay',
      json: which,
      ...options,
    });
  }
}
