import { type ActivityFeed, DomainError, FeedPosition, type LogId } from '@user-activity/domain';

export interface FollowedLogDeps {
  readonly feed: Pick<ActivityFeed, 'settled'>;
  /** Returns the log of the topic as the store has registered it, and registers it if it is missing. */
  readonly findLog: () => Promise<LogId>;
}

/** The log that readers of this process follow. */
export class FollowedLog {
  readonly #deps: FollowedLogDeps;
  #log: LogId;

  constructor(deps: FollowedLogDeps, log: LogId) {
    this.#deps = deps;
    this.#log = log;
  }

  async beginning(): Promise<FeedPosition> {
    // Notices whether the store still knows the log.
    await this.settled();
    return FeedPosition.start(this.#log);
  }

  async end(): Promise<FeedPosition> {
    const settled = await this.settled();
    return FeedPosition.end(this.#log, settled);
  }

  /** Returns the settled offset of partition i at index i. Returns none if nothing was settled yet. */
  async settled(): Promise<readonly number[]> {
    const settled = await this.#deps.feed.settled(this.#log);
    if (settled !== undefined) return settled;
    // No consumer has begun. Or the store is an older copy that does not know the log: then a consumer registers another one.
    this.#log = await this.#deps.findLog();
    return (await this.#deps.feed.settled(this.#log)) ?? [];
  }

  /** Throws FEED_REPLACED if the position belongs to another log. */
  async assertHas({ log }: FeedPosition): Promise<void> {
    // Another process may have noticed first that the log was replaced, and may have made the position.
    if (log !== this.#log) this.#log = await this.#deps.findLog();
    if (log !== this.#log)
      throw new DomainError(
        'FEED_REPLACED',
        'The position belongs to a log that another one has replaced. ' +
          'Begin again with GET /api/logs/feed without a cursor to get everything, or with from=now to begin at the end.',
      );
  }
}
