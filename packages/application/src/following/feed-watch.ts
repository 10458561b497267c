import { type ActivityFeed, type Cancellation, FeedPosition, isDomainError } from '@user-activity/domain';
import type { Sleep } from '../logging/outcome-waiter.ts';
import type { FollowedLog } from './followed-log.ts';

export interface FeedWatchDeps {
  readonly feed: Pick<ActivityFeed, 'onSettled'>;
  readonly followedLog: Pick<FollowedLog, 'settled'>;
  readonly sleep: Sleep;
}

/** A reader that waits until activities after its position are settled. */
interface Waiting {
  readonly position: FeedPosition;
  end(hasNews: boolean): void;
  fail(bug: unknown): void;
}

/** The longest time between two queries while readers wait. Mostly, the feed wakes the watch sooner. */
const maxPauseMs = 1000;

/**
 * Lets readers of the feed wait for news. Each partition has a settled offset, up to which its activities are stored and readable. One query
 * for these offsets serves all waiting readers.
 */
export class FeedWatch {
  readonly #deps: FeedWatchDeps;
  readonly #readers: Set<Waiting> = new Set();
  #wake: PromiseWithResolvers<void> = Promise.withResolvers();
  #stopListening: (() => void) | undefined;
  #isSleeping = false;
  #isWatching = false;
  #closed = false;

  constructor(deps: FeedWatchDeps) {
    this.#deps = deps;
  }

  /** The number of waiting readers. */
  get waiting(): number {
    return this.#readers.size;
  }

  /** Waits for news after the position. Returns true once there is some, or false if `until` is aborted or the watch is closed first. */
  async newsAfter(position: FeedPosition, until: Cancellation): Promise<boolean> {
    if (until.aborted || this.#closed) return false;
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    const forget = (): void => {
      this.#readers.delete(reader);
      until.removeEventListener('abort', giveUp);
    };
    const reader: Waiting = {
      position,
      end(hasNews) {
        forget();
        resolve(hasNews);
      },
      fail(bug) {
        forget();
        reject(bug);
      },
    };
    const giveUp = (): void => reader.end(false);
    until.addEventListener('abort', giveUp, { once: true });
    this.#readers.add(reader);
    this.#stopListening ??= this.#deps.feed.onSettled(() => this.#wake.resolve());
    // Something may have been settled since the reader read its page.
    this.#wake.resolve();
    void this.#watch();
    return promise;
  }

  /** Ends the wait of all readers. Later calls of `newsAfter` return false at once. */
  close(): void {
    this.#closed = true;
    this.#stopListening?.();
    for (const reader of this.#readers) reader.end(false);
    this.#wake.resolve();
  }

  /** While readers wait, queries the settled offsets after each wake, and at least once a second. */
  async #watch(): Promise<void> {
    if (this.#isWatching) return;
    this.#isWatching = true;
    while (this.#readers.size > 0) {
      void this.#sleep();
      await this.#wake.promise;
      this.#wake = Promise.withResolvers();
      await this.#notifyReaders();
    }
    this.#isWatching = false;
  }

  async #sleep(): Promise<void> {
    if (this.#isSleeping) return;
    this.#isSleeping = true;
    await this.#deps.sleep(maxPauseMs);
    this.#isSleeping = false;
    this.#wake.resolve();
  }

  async #notifyReaders(): Promise<void> {
    try {
      const settled = await this.#deps.followedLog.settled();
      for (const reader of this.#readers)
        if (FeedPosition.isBefore(reader.position, settled)) reader.end(true);
    } catch (error) {
      // Readers keep waiting while the store does not answer.
      if (!isDomainError(error)) for (const reader of this.#readers) reader.fail(error);
    }
  }
}
