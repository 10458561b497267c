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
import { newLine } from './sending/new-line.ts';
import { type CloseOptions, Outbox } from './sending/outbox.ts';
import type { Rejection } from './sending/rejections.ts';
import type { SenderOptions } from './sending/sender.ts';

/** Options of a client. Only `url` is required. */
export interface ClientOptions extends ConnectionOptions, SenderOptions {
  /** Where `log` keeps activities until the service has them: limits of a queue in memory, or a spool from `@user-activity/client/node`. */
  readonly queue?: QueueLimits | ActivityQueue | undefined;
  /** Called for each activity of `log` that the service will never take. Without it, `flush` and `close` reject with NotLoggedError. */
  readonly onRejected?: ((rejection: Rejection) => void) | undefined;
}

/** Options of statistics. */
export interface StatsOptions extends ActivityFilter {
  readonly by: StatsUnit;
  /** A zone of the IANA database, for units of time. Default: UTC. */
  readonly timezone?: string | undefined;
}

/**
 * A client of the user-activity log. Requests reject with ProblemError if the service refuses them, with ConnectionError if there is no
 * answer, and with the reason of their signal if it is aborted.
 */
export class ActivityClient {
  /** The API keys, for those who may manage them. */
  readonly keys: Keys;
  readonly #connection: Connection;
  readonly #outbox: Outbox;

  constructor(options: ClientOptions) {
    const { queue, onRejected } = options;
    this.#connection = new Connection(options);
    this.keys = new Keys(this.#connection);
    const kept = queue !== undefined && 'add' in queue ? queue : new MemoryQueue(queue);
    this.#outbox = new Outbox(this.#connection, kept, onRejected, options);
  }

  /**
   * Logs an activity in the background, and returns its id. It is sent in a batch, and again until the service has it. Throws
   * QueueFullError if the queue is full: then nothing was logged.
   */
  log(activity: NewActivity): string {
    const { id, line } = newLine(activity);
    this.#outbox.add(line);
    return id;
  }

  /**
   * Logs an activity, and resolves once the service holds it durably. Rejects if it does not within the time limit: let the caller's
   * work fail, too. With `wait`, resolves with the outcome, and rejects with NotStoredError if it is `conflict`, `erased` or
   * `dead_lettered`.
   */
  logDurably(activity: NewActivity, options: DurableOptions = {}): Promise<Outcome> {
    return logDurably(this.#connection, activity, options);
  }

  /** The number of activities of `log` that the service has not answered for. */
  get queued(): number {
    return this.#outbox.count;
  }

  /**
   * Resolves once the service has answered for every activity that was logged before. Rejects with ProblemError if it refuses the
   * requests, and with NotLoggedError if it rejected activities and there is no `onRejected`. Without `timeoutMs`, it waits for the end of
   * an outage. When the time is over, the activities stay queued.
   */
  flush(options: CallOptions = {}): Promise<void> {
    return this.#outbox.flush(options);
  }

  /**
   * Flushes for at most `timeoutMs`, and ends the client. Rejects with NotLoggedError, which has the activities that were not sent,
   * unless a spool keeps them.
   */
  close(options: CloseOptions = {}): Promise<void> {
    return this.#outbox.close(options);
  }

  /** Resolves with an activity, or undefined if none is stored under the id. */
  async get(id: string, options: CallOptions = {}): Promise<Activity | undefined> {
    return this.#connection.find<Activity>({ path: `/api/logs/${pathSegment(id)}`, ...options });
  }

  /** Resolves with what is known of an id. */
  async status(id: string, options: CallOptions = {}): Promise<ActivityStatus> {
    return this.#connection.get({ path: `/api/logs/${pathSegment(id)}/status`, ...options });
  }

  /** Yields all activities that match, page by page. It neither skips nor repeats any, also if others are logged meanwhile. */
  query(query: ActivityQuery = {}, options: CallOptions = {}): AsyncGenerator<Activity, void, undefined> {
    const { order, limit, ...filter } = query;
    const queryOf = (cursor?: string) => filterParameters(filter, { order, limit, cursor });
    return walkPages(this.#connection, '/api/logs', queryOf, options);
  }

  /** Resolves with one page. Pass `nextCursor` with the same query for the next one. */
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

  /** Counts activities by type, by user, or by a unit of time. */
  stats({ by, timezone, ...filter }: StatsOptions, options: CallOptions = {}): Promise<Stats> {
    const query = filterParameters(filter, { by, timezone });
    return this.#connection.get({ path: '/api/logs/stats', query, ...options });
  }

  /**
   * Yields all activities that match, in one response: the fastest way to read many. After an outage it continues after the last one. Pass
   * absolute times: a time ago has another meaning then.
   */
  export(options: ExportOptions = {}): AsyncGenerator<Activity, void, undefined> {
    return exportActivities(this.#connection, options);
  }

  /** Yields the text of an export in groups of whole lines. Throws ConnectionError if it breaks off: continue it with `after`. */
  exportText(options: ExportTextOptions = {}): AsyncGenerator<string, void, undefined> {
    return exportText(this.#connection, options);
  }

  /** Yields pages of the feed from a cursor on, and waits for new activities at its end. Outages only delay it. */
  feed(options: FeedOptions = {}): AsyncGenerator<FeedPage, void, undefined> {
    return readFeed(this.#connection, options);
  }

  /** Yields new activities as they arrive. It connects again by itself, and neither misses nor repeats any. */
  tail(options: TailOptions = {}): AsyncGenerator<TailEvent, void, undefined> {
    return followTail(this.#connection, options);
  }

  /** Erases all activities and dead letters of a user, up to now. Resolves once the log holds the request. */
  async eraseUser(
    userId: string,
    { mode, ...options }: CallOptions & { readonly mode?: 'erase' | 'anonymise' } = {},
  ): Promise<ErasureReceipt> {
    const path = `/api/users/${pathSegment(userId)}/logs`;
    return this.#connection.json({ method: 'DELETE', path, query: queryParameters({ mode }), ...options });
  }

  /** Resolves with how far an erasure is, or undefined if the id is unknown, or not recorded yet. */
  async erasure(id: string, options: CallOptions = {}): Promise<Erasure | undefined> {
    return this.#connection.find({ path: `/api/erasures/${pathSegment(id)}`, ...options });
  }

  /** Yields the dead letters that match. */
  deadLetters(
    { code, from, to, order, limit }: DeadLetterQuery = {},
    options: CallOptions = {},
  ): AsyncGenerator<DeadLetter, void, undefined> {
    const queryOf = (cursor?: string) => queryParameters({ code, from, to, order, limit, cursor });
    return walkPages(this.#connection, '/api/dead-letters', queryOf, options);
  }

  /** Sends dead letters back to the log. */
  replayDeadLetters(which: ReplayRequest, options: CallOptions = {}): Promise<ReplayReceipt> {
    return this.#connection.json({
      method: 'POST',
      path: '/api/dead-letters/replay',
      json: which,
      ...options,
    });
  }
}
