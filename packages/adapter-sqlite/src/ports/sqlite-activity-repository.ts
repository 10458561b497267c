import {
  type ActivityFilter,
  type ActivityKey,
  ActivityKeyText,
  ActivityPage,
  type ActivityQuery,
  type ActivityRepository,
  type KeyCount,
  type KeyField,
  type LogPosition,
  maxPageBytes,
  replacesOrigin,
  type SaveOutcome,
  type SlotCount,
  type StoredActivity,
  type TimeSlots,
  type UserActivity,
} from '@user-activity/domain';
import { activityRow, activityFromRow } from './activity-row.ts';
import { eventLoopTurns } from './event-loop-turns.ts';
import { changeStore, queryStore } from './failure.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { spanOf } from '../protocol/branches.ts';
import { rowConditionsOf } from '../protocol/row-conditions.ts';
import { monotonicNow } from '../protocol/job-scheduler.ts';

type OriginValues = readonly [log: string, partition: number, offset: number];

export interface SqliteActivityRepositoryOptions {
  /** The time limit of each query. A slower query rejects with STORE_TIMEOUT. Default: 10,000. */
  readonly queryTimeoutMs?: number;
  /** The time limit of each save. A slower save rejects with STORE_UNAVAILABLE. Default: 10,000. */
  readonly saveTimeoutMs?: number;
}

export class SqliteActivityRepository implements ActivityRepository {
  readonly #database: SqliteDatabase;
  readonly #queryOptions: { readonly timeoutMs: number };
  readonly #saveTimeoutMs: number;

  constructor(database: SqliteDatabase, options: SqliteActivityRepositoryOptions = {}) {
    this.#database = database;
    this.#queryOptions = { timeoutMs: options.queryTimeoutMs ?? 10_000 };
    this.#saveTimeoutMs = options.saveTimeoutMs ?? 10_000;
  }

  save(
    activities: readonly UserActivity[],
    origins?: readonly LogPosition[],
  ): Promise<readonly SaveOutcome[]> {
    return changeStore(async () => {
      const options = { timeoutMs: this.#saveTimeoutMs, weight: activities.length };
      const rows = activities.map((activity, index) => activityRow(activity, origins?.[index]));
      const storedRows = await this.#database.writer.submit('save', rows, options);
      // Stored activities never change, so they can be compared here, after the transaction.
      const outcomes: SaveOutcome[] = [];
      const replaced: (readonly [key: string, ...origin: OriginValues])[] = [];
      const turn = eventLoopTurns.begin();
      for (const [index, activity] of activities.entries()) {
        const storedRow = storedRows[index] ?? null;
        // Comparing large metadata takes up to 66 ms.
        if (storedRow !== null && turn.isOver) await turn.next();
        const stored = storedRow === null ? undefined : activityFromRow(storedRow);
        const comparison = stored?.compare(activity);
        outcomes.push(comparison ?? 'stored');
        const origin = origins?.[index];
        if (comparison === undefined || origin === undefined) continue;
        if (replacesOrigin(comparison, stored?.origin, origin))
          replaced.push([ActivityKeyText.of(activity), origin.log, origin.partition, origin.offset]);
      }
      if (replaced.length > 0)
        await this.#database.writer.submit('replaceOrigins', replaced, {
          ...options,
          weight: replaced.length,
        });
      return outcomes;
    });
  }

  find({ filter, order, limit, after }: ActivityQuery): Promise<ActivityPage> {
    return queryStore(async () => {
      const { queries, searches } = this.#database;
      const { project } = filter;
      const position = after && ([after.createdAt, ActivityKeyText.of({ project, id: after.id })] as const);
      const span = spanOf(filter.createdAt, position, order, limit);
      const query = { ...this.#selection(filter), ...span, maxBytes: maxPageBytes };
      const { conditions } = query;
      const rows =
        conditions === undefined
          ? await queries.submit('page', query, this.#queryOptions)
          : await searches.submit('search', { ...query, conditions }, this.#queryOptions);
      return ActivityPage.of(rows.map(activityFromRow), limit);
    });
  }

  count(filter: ActivityFilter): Promise<number> {
    return queryStore(() =>
      this.#database.searches.submit('count', this.#selection(filter), this.#queryOptions),
    );
  }

  countByKey(
    filter: ActivityFilter,
    field: KeyField,
    maxKeys: number,
  ): Promise<readonly KeyCount[] | 'too-many'> {
    const query = { ...this.#selection(filter), field, maxKeys };
    return queryStore(() => this.#database.searches.submit('countByKey', query, this.#queryOptions));
  }

  countBySlot(
    filter: ActivityFilter,
    slots: TimeSlots,
    maxSlots: number,
  ): Promise<readonly SlotCount[] | 'too-many'> {
    const query = { ...this.#selection(filter), ...slots, maxSlots };
    return queryStore(() => this.#database.searches.submit('countBySlot', query, this.#queryOptions));
  }

  async findById(key: ActivityKey): Promise<StoredActivity | undefined> {
    const [activity] = await this.findByIds([key]);
    return activity;
  }

  findByIds(keys: readonly ActivityKey[]): Promise<readonly StoredActivity[]> {
    return queryStore(async () => {
      const texts = [...new Set(keys.map(ActivityKeyText.of))];
      const rows = await this.#database.queries.submit('activities', texts, this.#queryOptions);
      return rows.map(activityFromRow);
    });
  }

  ping(): Promise<void> {
    return changeStore(async () => {
      this.#database.searches.assertAlive();
      await this.#database.queries.submit('ping', undefined, this.#queryOptions);
    });
  }

  #selection(filter: ActivityFilter) {
    const { above, below } = spanOf(filter.createdAt, undefined, 'asc', 0);
    const conditions = rowConditionsOf(filter);
    return {
      project: filter.project,
      userIds: [...new Set(filter.userIds)],
      types: [...new Set(filter.types)],
      conditions,
      above,
      below,
      deadline: monotonicNow() + this.#queryOptions.timeoutMs,
      readsRows: conditions !== undefined,
    };
  }
}
