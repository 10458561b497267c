import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  MemoryActivityFeed,
  MemoryActivityRepository,
  MemorySettledOffsets,
  MemoryStore,
} from '@user-activity/adapter-memory';
import { type ActivityFeed, LogId, type UserActivity } from '@user-activity/domain';
import { onTestFinished } from 'vitest';
import { FeedWatch } from '../src/following/feed-watch.ts';
import { FollowedLog } from '../src/following/followed-log.ts';
import { makeReadFeed } from '../src/following/read-feed.ts';

export const [log, otherLog] = [LogId.parse('log-1'), LogId.parse('log-2')];

/** Reads a feed in memory. The pauses of the watch end only when a test ends them. */
export class Followed {
  readonly store: MemoryStore = new MemoryStore();
  readonly #repository: MemoryActivityRepository = new MemoryActivityRepository(this.store);
  readonly #offsets: MemorySettledOffsets = new MemorySettledOffsets(this.store);
  readonly #pauses: (() => void)[] = [];
  readonly feed: MemoryActivityFeed = new MemoryActivityFeed(this.store);
  /** The number of queries of the settled offsets, by the watch or to find the log. */
  queries = 0;
  /** The number of pages that were read. */
  pages = 0;
  /** The duration of each pause of the watch. */
  readonly slept: number[] = [];
  /** The log that the store has registered. */
  registered: LogId = log;
  /** Called after the watch, or a reader without a position, has queried the settled offsets. */
  afterQuery: () => void = () => undefined;
  /** Called after a page was read. */
  afterPage: () => Promise<void> = async () => undefined;
  readonly watchedLog: FollowedLog;
  readonly watch: FeedWatch;
  readonly readFeed: ReturnType<typeof makeReadFeed>;

  constructor() {
    const { feed } = this;
    const counted: ActivityFeed = {
      settled: async (id) => {
        this.queries += 1;
        const settled = await feed.settled(id);
        this.afterQuery();
        return settled;
      },
      read: async (query) => {
        this.pages += 1;
        const page = await feed.read(query);
        await this.afterPage();
        return page;
      },
      onSettled: (listener) => feed.onSettled(listener),
    };
    const findLog = async (): Promise<LogId> => this.registered;
    this.watchedLog = new FollowedLog({ feed: counted, findLog }, log);
    const sleep = (ms: number): Promise<void> => {
      this.slept.push(ms);
      return new Promise((resolve) => {
        this.#pauses.push(resolve);
      });
    };
    this.watch = new FeedWatch({ feed: counted, followedLog: this.watchedLog, sleep });
    this.readFeed = makeReadFeed({ feed: counted, followedLog: this.watchedLog, feedWatch: this.watch });
    this.store.settled.set(log, [0]);
    onTestFinished(() => this.watch.close());
  }

  /** Saves an activity in partition 0 without settling it. */
  async save(activity: UserActivity, offset: number, origin: LogId = log): Promise<void> {
    await this.#repository.save([activity], [{ log: origin, partition: 0, offset }]);
  }

  /** Settles partition 0 up to an offset, and wakes the watch. */
  async settle(to: number): Promise<void> {
    await this.#offsets.settle({ log, partition: 0, from: 0, to });
  }

  /** Settles partition 0 up to an offset, without notifying the watch. */
  settleSilently(to: number): void {
    this.store.settled.set(log, [to]);
  }

  /** Ends all pauses of the watch. */
  passSecond(): void {
    for (const end of this.#pauses.splice(0)) end();
  }
}

/** Returns once all promises that can settle without a timer have settled. */
export async function quiet(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await nextTurn();
}
