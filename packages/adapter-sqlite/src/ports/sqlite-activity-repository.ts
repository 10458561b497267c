import {
  type ActivityFilter,
  type ActivityId,
  ActivityPage,
  type ActivityQuery,
  type ActivityRepository,
  type KeyCount,
  type KeyField,
  maxPageBytes,
  type SaveOutcome,
  type SlotCount,
  type StoredActivity,
  type TimeSlots,
  type UserActivity,
} from '@user-activity/domain';
import { rowOf, storedOf } from './activity-row.ts';
import { eventLoopTurns } from './event-loop-turns.ts';
import { askStore, changeStore } from './failure.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { spanOf } from '../protocol/branches.ts';
import { rowConditionsOf } from '../protocol/row-conditions.ts';
import type { IndexedFilter, Selection } from '../protocol/shapes.ts';
import { monotonicNow, type TimedJob } from '../protocol/turns.ts';

/** The time limits of a repository. */
export interface SqliteActivityRepositoryOptions {
  /** A query that is not answered in this time is rejected with STORE_TIMEOUT. Default: 10,000. */
  readonly queryTimeoutMs?: number;
  /** A save that is not confirmed in this time is rejected with STORE_UNAVAILABLE. Default: 10,000. */
  readonly saveTimeoutMs?: number;
}

/** Keeps activities in the file. */
export class SqliteActivityRepository implements ActivityRepository {
  readonly #database: SqliteDatabase;
  readonly #limits: { readonly timeoutMs: number };
  readonly #saveTimeoutMs: number;

  constructor(database: SqliteDatabase, options: SqliteActivityRepositoryOptions = {}) {
    this.#database = database;
    this.#limits = { timeoutMs: options.queryTimeoutMs ?? 10_000 };
    this.#saveTimeoutMs = options.saveTimeoutMs ?? 10_000;
  }

  save(activities: readonly UserActivity[]): Promise<readonly SaveOutcome[]> {
    return changeStore(async () => {
      const options = { timeoutMs: this.#saveTimeoutMs, weight: activities.length };
      const known = await this.#database.writer.submit('save', activities.map(rowOf), options);
      // Stored activities never change, so they can be compared here, after the transaction.
      const outcomes: SaveOutcome[] = [];
      const turn = eventLoopTurns.begin();
      for (const [index, activity] of activities.entries()) {
        const first = known[index] ?? null;
        // A comparison of large metadata takes up to 66 ms.
        if (first !== null && turn.isOver) await turn.next();
        outcomes.push(first === null ? 'stored' : storedOf(first).compare(activity));
      }
      return outcomes;
    });
  }

  find({ filter, order, limit, after }: ActivityQuery): Promise<ActivityPage> {
    return askStore(async () => {
      const { queries, searches } = this.#database;
      const span = spanOf(filter.createdAt, after && [after.createdAt, after.id], order, limit);
      const question = { ...span, ...indexedFilterOf(filter), maxBytes: maxPageBytes };
      const conditions = rowConditionsOf(filter);
      const rows =
        conditions === undefined
          ? await queries.submit('page', question, this.#limits)
          : await searches.submit(
              'search',
              { ...question, conditions, ...this.#timed(filter) },
              this.#limits,
            );
      return ActivityPage.of(rows.map(storedOf), limit);
    });
  }

  count(filter: ActivityFilter): Promise<number> {
    return askStore(() =>
      this.#database.searches.submit(
        'count',
        { ...selectionOf(filter), ...this.#timed(filter) },
        this.#limits,
      ),
    );
  }

  findById(id: ActivityId): Promise<StoredActivity | undefined> {
    return askStore(async () => {
      const row = await this.#database.queries.submit('activity', id, this.#limits);
      return row && storedOf(row);
    });
  }

  countByKey(
    filter: ActivityFilter,
    field: KeyField,
    maxKeys: number,
  ): Promise<readonly KeyCount[] | 'too-many'> {
    return askStore(async () => {
      const question = { ...selectionOf(filter), field, maxKeys, ...this.#timed(filter) };
      const rows = await this.#database.searches.submit('countByKey', question, this.#limits);
      return rows === 'too-many' ? rows : rows.map(([key, count]) => ({ key, count }));
    });
  }

  countBySlot(
    filter: ActivityFilter,
    slots: TimeSlots,
    maxSlots: number,
  ): Promise<readonly SlotCount[] | 'too-many'> {
    return askStore(async () => {
      const question = { ...selectionOf(filter), ...slots, maxSlots, ...this.#timed(filter) };
      const rows = await this.#database.searches.submit('countBySlot', question, this.#limits);
      return rows === 'too-many' ? rows : rows.map(([segment, slot, count]) => ({ segment, slot, count }));
    });
  }

  findByIds(ids: readonly ActivityId[]): Promise<readonly StoredActivity[]> {
    return askStore(async () => {
      const rows = await this.#database.queries.submit('activities', [...new Set(ids)], this.#limits);
      return rows.map(storedOf);
    });
  }

  ping(): Promise<void> {
    return changeStore(async () => {
      this.#database.searches.assertAlive();
      await this.#database.queries.submit('answer', null, this.#limits);
    });
  }

  #timed(filter: ActivityFilter): TimedJob {
    const readsRows = rowConditionsOf(filter) !== undefined;
    return { deadline: monotonicNow() + this.#limits.timeoutMs, readsRows };
  }
}

function selectionOf(filter: ActivityFilter): Selection {
  const { above, below } = spanOf(filter.createdAt, undefined, 'asc', 0);
  return { ...indexedFilterOf(filter), conditions: rowConditionsOf(filter), above, below };
}

const indexedFilterOf = ({ userIds, types }: ActivityFilter): IndexedFilter => ({
  userIds: [...new Set(userIds)],
  types: [...new Set(types)],
});
