import {
  ActivityKeyText,
  type ActivityRemoval,
  type Claim,
  DeadLetterId,
  type Erasure,
  type ErasedRecord,
  type ProjectPage,
  ProjectId,
  type ProjectQuery,
  type ProjectRepository,
  type RemovedPortion,
  type Retention,
  RetentionDays,
  Timestamp,
} from '@user-activity/domain';
import { claimWork, releaseWork } from './claims.ts';
import { changeStore, queryStore } from './failure.ts';
import { originRow } from './letter-row.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import type { ErasureRow } from '../protocol/project-rows.ts';

export interface SqliteProjectRepositoryOptions {
  /** A query that takes longer is rejected with STORE_TIMEOUT. Default: 10,000. */
  readonly queryTimeoutMs?: number;
}

export class SqliteProjectRepository implements ProjectRepository {
  readonly #database: SqliteDatabase;
  readonly #options: { readonly timeoutMs: number };

  constructor(database: SqliteDatabase, options: SqliteProjectRepositoryOptions = {}) {
    this.#database = database;
    this.#options = { timeoutMs: options.queryTimeoutMs ?? 10_000 };
  }

  find({ after, limit }: ProjectQuery): Promise<ProjectPage> {
    const query = { after: after ?? '', maxRows: limit + 1 };
    return queryStore(async () => {
      const rows = await this.#database.queries.submit('projectPage', query, this.#options);
      const projects = rows.slice(0, limit).map(([id, days, erasing]) => ({
        id: ProjectId.trusted(id),
        retentionDays: days === null ? undefined : RetentionDays.trusted(days),
        erasing: erasing === 1,
      }));
      return { projects, hasMore: rows.length > limit };
    });
  }

  findRetentions(): Promise<readonly Retention[]> {
    return queryStore(async () => {
      const rows = await this.#database.queries.submit('retentions', undefined, this.#options);
      return rows.map(([project, days]) => ({
        project: ProjectId.trusted(project),
        days: RetentionDays.trusted(days),
      }));
    });
  }

  putRetention(project: ProjectId, days: RetentionDays | undefined): Promise<'set' | 'too-many'> {
    return changeStore(async () => {
      const input = [project, days ?? null] as const;
      return (await this.#database.writer.submit('putRetention', input, this.#options)) ? 'set' : 'too-many';
    });
  }

  beginErasure(project: ProjectId, now: Timestamp): Promise<Erasure> {
    return changeStore(async () => {
      const erasedAt = await this.#database.writer.submit('beginErasure', [project, now], this.#options);
      return { project, erasedAt: Timestamp.trusted(erasedAt) };
    });
  }

  findErasures(projects: readonly ProjectId[]): Promise<readonly Erasure[]> {
    const distinct = [...new Set(projects)];
    return queryStore(async () =>
      (await this.#database.queries.submit('erasures', distinct, this.#options)).map(erasureOf),
    );
  }

  findErasing(limit: number): Promise<readonly Erasure[]> {
    return queryStore(async () =>
      (await this.#database.queries.submit('erasing', limit, this.#options)).map(erasureOf),
    );
  }

  async endErasure({ project, erasedAt }: Erasure): Promise<void> {
    await changeStore(() => this.#database.writer.submit('endErasure', [project, erasedAt], this.#options));
  }

  removeActivities(removal: ActivityRemoval): Promise<RemovedPortion> {
    const { project, createdBefore = null, receivedUpTo = null, after, limit } = removal;
    const position = after && ([after.createdAt, ActivityKeyText.of({ project, id: after.id })] as const);
    const input = { project, createdBefore, receivedUpTo, after: position ?? null, limit };
    return changeStore(async () => {
      const options = { ...this.#options, weight: limit };
      const { removed, next } = await this.#database.writer.submit('removeActivities', input, options);
      return {
        removed,
        next:
          next === null
            ? undefined
            : {
                createdAt: Timestamp.trusted(next[0]),
                id: ActivityKeyText.idOf(ActivityKeyText.trusted(next[1])),
              },
      };
    });
  }

  removeLetters(project: ProjectId, diedUpTo: Timestamp, limit: number): Promise<number> {
    return changeStore(() => {
      const options = { ...this.#options, weight: limit };
      return this.#database.writer.submit('removeProjectLetters', [project, diedUpTo, limit], options);
    });
  }

  async removeErased(records: readonly ErasedRecord[]): Promise<void> {
    const rows = records.map((record) => ({
      project: record.project,
      key: ActivityKeyText.of(record),
      erasedAt: record.erasedAt,
      letter: originRow(DeadLetterId.originOf(record.letterId)),
    }));
    const options = { ...this.#options, weight: rows.length };
    await changeStore(() => this.#database.writer.submit('removeErased', rows, options));
  }

  /** Does nothing: SQLite removes nothing by itself. */
  expireAfter(): Promise<void> {
    return changeStore(() => this.#database.writer.assertAlive());
  }

  claimSweep(claim: Claim): Promise<'claimed' | 'taken'> {
    return changeStore(() => claimWork(this.#database, 'sweep', claim));
  }

  releaseSweep(claim: Claim): Promise<void> {
    return changeStore(() => releaseWork(this.#database, 'sweep', claim));
  }
}

const erasureOf = ([project, erasedAt]: ErasureRow): Erasure => ({
  project: ProjectId.trusted(project),
  erasedAt: Timestamp.trusted(erasedAt),
});
