import {
  type ActivityFeed,
  type FeedPage,
  type FeedPortion,
  type FeedPortionQuery,
  type FeedQuery,
  type LogId,
  type LogPosition,
  StoredActivity,
  type UserActivity,
  walkFeed,
} from '@user-activity/domain';
import { MemoryStore } from './memory-store.ts';

/** An activity, and the position of its record on the log. */
interface Entry {
  readonly activity: UserActivity;
  readonly origin: LogPosition;
}

/** The feed of the activities in a `MemoryStore`. Sorts them at each read. */
export class MemoryActivityFeed implements ActivityFeed {
  readonly #store: MemoryStore;

  constructor(store: MemoryStore = new MemoryStore()) {
    this.#store = store;
  }

  async settled(log: LogId): Promise<readonly number[] | undefined> {
    this.#store.assertReachable();
    return this.#store.settled.get(log)?.slice();
  }

  async read(query: FeedQuery): Promise<FeedPage> {
    const settled = (await this.settled(query.position.log)) ?? [];
    return walkFeed(query, settled, async (portion) => this.#portion(query, portion));
  }

  onSettled(listener: () => void): () => void {
    this.#store.settledListeners.add(listener);
    return () => this.#store.settledListeners.delete(listener);
  }

  #portion({ filter, position }: FeedQuery, { max, maxExamined, ...span }: FeedPortionQuery): FeedPortion {
    const entries = this.#entries(filter.project, position.log, span);
    const examined = entries.slice(0, maxExamined);
    const found = examined.filter(({ activity }) => filter.matches(activity)).slice(0, max);
    const last = found.length === max ? found.at(-1) : undefined;
    const next = entries[maxExamined];
    return {
      activities: found.map(({ activity, origin }) => StoredActivity.of(activity, origin)),
      end: last === undefined ? (next?.origin.offset ?? span.to) : last.origin.offset + 1,
      examined: last === undefined ? examined.length : examined.indexOf(last) + 1,
    };
  }

  /** Returns the activities of a project in a span of offsets of one partition, by offset. */
  #entries(
    project: string,
    log: LogId,
    { partition, from, to }: Pick<FeedPortionQuery, 'partition' | 'from' | 'to'>,
  ): readonly Entry[] {
    const entries: Entry[] = [];
    for (const [key, origin] of this.#store.origins) {
      const activity = this.#store.activities.get(key);
      const isInSpan = origin.partition === partition && origin.offset >= from && origin.offset < to;
      if (activity?.project === project && origin.log === log && isInSpan) entries.push({ activity, origin });
    }
    return entries.toSorted((left, right) => left.origin.offset - right.origin.offset);
  }
}
