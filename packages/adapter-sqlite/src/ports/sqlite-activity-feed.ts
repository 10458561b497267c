import {
  type ActivityFeed,
  type FeedPage,
  type FeedPortion,
  type FeedPortionQuery,
  type FeedQuery,
  type LogId,
  walkFeed,
} from '@user-activity/domain';
import { monotonicNow } from '../protocol/job-scheduler.ts';
import { rowConditionsOf } from '../protocol/row-conditions.ts';
import { activityFromRow } from './activity-row.ts';
import { queryStore } from './failure.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

export interface SqliteActivityFeedOptions {
  /** The time limit of each read. A slower read rejects with STORE_TIMEOUT. Default: 10,000. */
  readonly queryTimeoutMs?: number;
}

export class SqliteActivityFeed implements ActivityFeed {
  readonly #database: SqliteDatabase;
  readonly #timeoutMs: number;

  constructor(database: SqliteDatabase, { queryTimeoutMs = 10_000 }: SqliteActivityFeedOptions = {}) {
    this.#database = database;
    this.#timeoutMs = queryTimeoutMs;
  }

  async settled(log: LogId): Promise<readonly number[] | undefined> {
    const offsets = await queryStore(() =>
      this.#database.queries.submit('settled', log, { timeoutMs: this.#timeoutMs }),
    );
    return offsets.length > 0 ? offsets : undefined;
  }

  async read(query: FeedQuery): Promise<FeedPage> {
    const deadline = monotonicNow() + this.#timeoutMs;
    const settled = (await this.settled(query.position.log)) ?? [];
    return walkFeed(query, settled, (portion) => this.#portion(query, portion, deadline));
  }

  onSettled(listener: () => void): () => void {
    this.#database.settledListeners.add(listener);
    return () => this.#database.settledListeners.delete(listener);
  }

  async #portion(
    { filter, position }: FeedQuery,
    portion: FeedPortionQuery,
    deadline: number,
  ): Promise<FeedPortion> {
    const { project, userIds, types, createdAt } = filter;
    const job = {
      ...portion,
      project,
      userIds,
      types,
      log: position.log,
      createdAt: [
        createdAt.from ?? -Number.MAX_SAFE_INTEGER,
        createdAt.to ?? Number.MAX_SAFE_INTEGER,
      ] as const,
      conditions: rowConditionsOf(filter),
      deadline,
      readsRows: true,
    };
    const { rows, end, examined } = await queryStore(() =>
      this.#database.searches.submit('feed', job, { timeoutMs: Math.max(1, deadline - monotonicNow()) }),
    );
    return { activities: rows.map(activityFromRow), end, examined };
  }
}
