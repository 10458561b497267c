import { type ActivityFeed, DomainError, FeedPosition, type LogId } from '@user-activity/domain';

export interface FollowedLogDeps {
  readonly feed: Pick<ActivityFeed, 'settled'>;
  /** Returns the id of the topic's log as the store has registered it. Registers the topic if it is missing. */
  readonly findLog: () => Promise<LogId>;
}

/** The log whose feed this process serves. If the store is replaced by an older copy, this may become another log. */
export class FollowedLog {
  readonly #deps: FollowedLogDeps;
  #log: LogId;

  constructor(deps: FollowedLogDeps, log: LogId) {
    this.#deps = deps;
    this.#log = log;
  }

  /** Returns the position before all activities of the feed. */
  async beginning(): Promise<FeedPosition> {
    // Updates the log if the store no longer knows it.
    await this.settled();
    return FeedPosition.start(this.#log);
  }

  /** Returns the position after all activities that are settled now. */
  async end(): Promise<FeedPosition> {
    const settled = await this.settled();
    return FeedPosition.end(this.#log, settled);
  }

  /** Returns an array with the settled offset of partition i at index i. The array is empty if no consumer has begun. */
  async settled(): Promise<readonly number[]> {
    const settled = await this.#deps.feed.settled(this.#log);
    if (settled !== undefined) return settled;
    // Either no consumer has begun, or the store is an older copy that does not know the log. In the latter case, the topic gets a new log.
    this.#log = await this.#deps.findLog();
    return (await this.#deps.feed.settled(this.#log)) ?? [];
  }

  /** Throws FEED_REPLACED if the position belongs to another log. */
  async assertHas({ log }: FeedPosition): Promise<void> {
    // The position may come from another process that noticed earlier that the log was replaced.
    if (log !== this.#log) this.#log = await this.#deps.findLog();
    if (log !== this.#log)
      throw new DomainError(
        'FEED_REPLACED',
        'The position belongs to a log that another one has replaced. ' +
          'Begin again with GET /api/logs/feed without a cursor to get everything, or with from=now to begin at the end.',
      );
  }
}
