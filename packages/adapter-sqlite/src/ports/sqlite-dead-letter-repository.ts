import {
  type ActivityKey,
  ActivityKeyText,
  type DeadLetter,
  DeadLetterId,
  DeadLetterPage,
  type DeadLetterQuery,
  type DeadLetterRepository,
  type LatestLetter,
  type LetterSweep,
  listedBytes,
  maxPageBytes,
  type ProjectId,
  type Claim,
  type SweepLimits,
  Timestamp,
} from '@user-activity/domain';
import { claimWork, releaseWork } from './claims.ts';
import { changeStore, queryStore } from './failure.ts';
import { letterFromRow, listedLetterFromRow, originRow } from './letter-row.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { spanOf } from '../protocol/branches.ts';

export interface SqliteDeadLetterRepositoryOptions {
  /** The time limit of each query. A slower query rejects with STORE_TIMEOUT. Default: 10,000. */
  readonly queryTimeoutMs?: number;
}

export class SqliteDeadLetterRepository implements DeadLetterRepository {
  readonly #database: SqliteDatabase;
  readonly #queryOptions: { readonly timeoutMs: number };

  constructor(database: SqliteDatabase, options: SqliteDeadLetterRepositoryOptions = {}) {
    this.#database = database;
    this.#queryOptions = { timeoutMs: options.queryTimeoutMs ?? 10_000 };
  }

  find({ filter, order, limit, after }: DeadLetterQuery): Promise<DeadLetterPage> {
    const span = spanOf(filter.diedAt, after && [after.diedAt, after.id], order, limit);
    const codes = [...new Set(filter.codes)];
    const query = { ...span, maxBytes: maxPageBytes, project: filter.project, codes, maxShown: listedBytes };
    return queryStore(async () => {
      const rows = await this.#database.queries.submit('letterPage', query, this.#queryOptions);
      return DeadLetterPage.of(rows.map(listedLetterFromRow), limit);
    });
  }

  findByIds(
    project: ProjectId,
    ids: readonly DeadLetterId[],
    maxBytes: number,
  ): Promise<readonly DeadLetter[]> {
    const origins = [...new Set(ids)].map((id) => originRow(DeadLetterId.originOf(id)));
    return queryStore(async () => {
      const rows = await this.#database.queries.submit(
        'wholeLetters',
        { project, origins, maxBytes },
        this.#queryOptions,
      );
      return rows.map(letterFromRow);
    });
  }

  findLatestLetters(keys: readonly ActivityKey[]): Promise<readonly LatestLetter[]> {
    const distinct = [...new Map(keys.map((key) => [ActivityKeyText.of(key), key])).values()];
    const rows = distinct.map(({ project, id }) => [project, id] as const);
    return queryStore(async () => {
      const times = await this.#database.queries.submit('latestLetterTimes', rows, this.#queryOptions);
      return distinct.flatMap(({ project, id }, index) => {
        const time = times[index] ?? null;
        return time === null ? [] : [{ project, id, diedAt: Timestamp.trusted(time) }];
      });
    });
  }

  async remove(letters: readonly Pick<DeadLetter, 'origin' | 'diedAt'>[]): Promise<void> {
    const rows = letters.map(({ origin, diedAt }) => [...originRow(origin), diedAt] as const);
    const options = { ...this.#queryOptions, weight: rows.length };
    await changeStore(() => this.#database.writer.submit('removeLetters', rows, options));
  }

  sweep(limits: SweepLimits): Promise<LetterSweep> {
    const options = { ...this.#queryOptions, weight: limits.limit };
    return changeStore(() => this.#database.writer.submit('sweep', limits, options));
  }

  claimReplay(claim: Claim): Promise<'claimed' | 'taken'> {
    return changeStore(() => claimWork(this.#database, 'replay', claim));
  }

  releaseReplay(claim: Claim): Promise<void> {
    return changeStore(() => releaseWork(this.#database, 'replay', claim));
  }
}
