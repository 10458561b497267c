import {
  type ActivityFeed,
  DomainError,
  type FeedPage,
  type FeedQuery,
  type LogId,
  walkFeed,
} from '@user-activity/domain';
import type { ClientSession } from 'mongodb';
import { readFeedPortion } from './feed-portion.ts';
import type { MongoStore } from './mongo-store.ts';
import { timeBudget } from './time-budget.ts';
import { translateErrors } from './translate-errors.ts';

/**
 * Reads the feed from the primary, with majority concern, whatever the URI says. Another member may lack activities below the settled
 * offsets, and a reader would miss them.
 */
export class MongoActivityFeed implements ActivityFeed {
  readonly #store: MongoStore;

  constructor(store: MongoStore) {
    this.#store = store;
  }

  settled(log: LogId): Promise<readonly number[] | undefined> {
    return translateErrors(() => this.#settled(log, this.#store.timeoutMs));
  }

  read(query: FeedQuery): Promise<FeedPage> {
    const { log } = query.position;
    const timeLeft = timeBudget(this.#store.timeoutMs);
    // In a session, a later query sees at least what the first one saw, even if a former primary answers it.
    const page = this.#store.inSession(async (session) => {
      const settled = (await this.#settled(log, timeLeft(), session)) ?? [];
      const walked = await walkFeed(query, settled, (portion) =>
        readFeedPortion(this.#store, session, query, portion, timeLeft()),
      );
      if (walked.position.offsets.some((offset, partition) => offset !== query.position.offsets[partition])) {
        const latest = await this.#settled(log, timeLeft(), session);
        assertNotOlder(settled, latest);
      }
      return walked;
    });
    return translateErrors(() => page);
  }

  onSettled(listener: () => void): () => void {
    return this.#store.settledWatch.add(listener);
  }

  async #settled(
    log: LogId,
    maxTimeMS: number,
    session?: ClientSession,
  ): Promise<readonly number[] | undefined> {
    const options = session === undefined ? { maxTimeMS } : { maxTimeMS, session };
    const document = await this.#store.settled.findOne({ _id: log }, options);
    return document?.offsets;
  }
}

/** Throws STORE_UNAVAILABLE if settled offsets have fallen. Then an older copy has replaced the store, and the page may lack activities. */
function assertNotOlder(before: readonly number[], after: readonly number[] = []): void {
  if (before.some((offset, partition) => offset > (after[partition] ?? -1)))
    throw new DomainError(
      'STORE_UNAVAILABLE',
      'An older copy replaced the store during the read. Try again.',
    );
}
