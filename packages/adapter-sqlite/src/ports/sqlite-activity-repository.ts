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
import { storeSilent, storeUnavailable } from './failure.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { spanOf } from '../protocol/branches.ts';
import type { CountQuestion } from '../protocol/count-question.ts';
import type { PageQuestion } from '../reader/page-job.ts';
import type { Whose } from '../protocol/shapes.ts';
import { sharedNow } from '../protocol/turns.ts';

/** How a repository behaves. */
export interface SqliteActivityRepositoryOptions {
  /** A question that is not answered by then is rejected with STORE_TIMEOUT. 10,000 where not given. */
  readonly queryTimeoutMs?: number;
  /** A save that is not confirmed by then is rejected with STORE_UNAVAILABLE. 10,000 where not given. */
  readonly saveTimeoutMs?: number;
}

/** Keeps activities in the file. */
export class SqliteActivityRepository implements ActivityRepository {
  readonly #database: SqliteDatabase;
  readonly #queryTimeoutMs: number;
  readonly #saveTimeoutMs: number;

  constructor(database: SqliteDatabase, options: SqliteActivityRepositoryOptions = {}) {
    this.#database = database;
    this.#queryTimeoutMs = options.queryTimeoutMs ?? 10_000;
    this.#saveTimeoutMs = options.saveTimeoutMs ?? 10_000;
  }

  async save(activities: readonly UserActivity[]): Promise<readonly SaveOutcome[]> {
    const options = { timeoutMs: this.#saveTimeoutMs, weight: activities.length };
    try {
      const known = await this.#database.writer.submit('save', activities.map(rowOf), options);
      // To judge here, after the transaction, is safe: what is stored never changes.
      const outcomes: SaveOutcome[] = [];
      const turn = eventLoopTurns.begin();
      for (const [index, activity] of activities.entries()) {
        const first = known[index] ?? null;
        // Metadata that is large on either side takes up to 66 ms.
        if (first !== null && turn.isOver) await turn.next();
        outcomes.push(first === null ? 'stored' : storedOf(first).compare(activity));
      }
      return outcomes;
    } catch (error) {
      throw storeUnavailable(error);
    }
  }

  async find(query: ActivityQuery): Promise<ActivityPage> {
    const timeoutMs = this.#queryTimeoutMs;
    try {
      const { queries, searches } = this.#database;
      const { metadata } = query.filter;
      const question = questionOf(query);
      const rows =
        metadata.length === 0
          ? await queries.submit('page', question, { timeoutMs })
          : await searches.submit(
              'search',
              { ...question, metadata, until: sharedNow() + timeoutMs },
              { timeoutMs },
            );
      return ActivityPage.of(rows.map(storedOf), query.limit);
    } catch (error) {
      throw storeSilent(error);
    }
  }

  async count(filter: ActivityFilter): Promise<number> {
    const timeoutMs = this.#queryTimeoutMs;
    try {
      return await this.#database.searches.submit('count', this.#countOf(filter), { timeoutMs });
    } catch (error) {
      throw storeSilent(error);
    }
  }

  async findById(id: ActivityId): Promise<StoredActivity | undefined> {
    const timeoutMs = this.#queryTimeoutMs;
    try {
      const row = await this.#database.queries.submit('one', id, { timeoutMs });
      return row && storedOf(row);
    } catch (error) {
      throw storeSilent(error);
    }
  }

  async countByKey(
    filter: ActivityFilter,
    field: KeyField,
    most: number,
  ): Promise<readonly KeyCount[] | 'too-many'> {
    const timeoutMs = this.#queryTimeoutMs;
    const question = { ...this.#countOf(filter), field, most };
    try {
      const rows = await this.#database.searches.submit('countByKey', question, { timeoutMs });
      return rows === 'too-many' ? rows : rows.map(([key, count]) => ({ key, count }));
    } catch (error) {
      throw storeSilent(error);
    }
  }

  async countBySlot(
    filter: ActivityFilter,
    slots: TimeSlots,
    most: number,
  ): Promise<readonly SlotCount[] | 'too-many'> {
    const timeoutMs = this.#queryTimeoutMs;
    const question = { ...this.#countOf(filter), ...slots, most };
    try {
      const rows = await this.#database.searches.submit('countBySlot', question, { timeoutMs });
      return rows === 'too-many' ? rows : rows.map(([segment, slot, count]) => ({ segment, slot, count }));
    } catch (error) {
      throw storeSilent(error);
    }
  }

  async findByIds(ids: readonly ActivityId[]): Promise<readonly StoredActivity[]> {
    const timeoutMs = this.#queryTimeoutMs;
    try {
      const rows = await this.#database.queries.submit('several', [...new Set(ids)], { timeoutMs });
      return rows.map(storedOf);
    } catch (error) {
      throw storeSilent(error);
    }
  }

  /** What is counted, and until when that is wanted. */
  #countOf(filter: ActivityFilter): CountQuestion {
    const { above, below } = spanOf(filter.createdAt, undefined, 'asc', 0);
    const { metadata } = filter;
    return { ...whoseOf(filter), metadata, above, below, until: sharedNow() + this.#queryTimeoutMs };
  }

  async ping(): Promise<void> {
    try {
      this.#database.searches.assertAlive();
      await this.#database.queries.submit('answer', null, { timeoutMs: this.#queryTimeoutMs });
    } catch (error) {
      throw storeUnavailable(error);
    }
  }
}

function questionOf({ filter, order, limit, after }: ActivityQuery): PageQuestion {
  return {
    ...spanOf(filter.createdAt, after && [after.createdAt, after.id], order, limit),
    ...whoseOf(filter),
    maxBytes: maxPageBytes,
  };
}

const whoseOf = ({ userIds, types }: ActivityFilter): Whose => ({
  userIds: [...new Set(userIds)],
  types: [...new Set(types)],
});
