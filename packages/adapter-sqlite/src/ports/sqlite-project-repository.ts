import {
  ActivityKeyText,
  type ActivityMeasurement,
  type ActivityRemoval,
  type Claim,
  DeadLetterId,
  type Erasure,
  type ErasedRecord,
  type KeptErasure,
  type MeasuredPortion,
  type ProjectPage,
  ProjectId,
  type ProjectQuery,
  type ProjectRepository,
  type ProjectSettings,
  type RemovedPortion,
  type SettingsChange,
  type SettingsOfProject,
  Timestamp,
} from '@user-activity/domain';
import { claimWork, releaseWork } from './claims.ts';
import { changeStore, queryStore } from './failure.ts';
import { originRow } from './letter-row.ts';
import { domainPosition, jobLimits, portionStart } from './job-limits.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { type ErasureRow, settingsFromColumns } from '../protocol/project-rows.ts';

export interface SqliteProjectRepositoryOptions {
  /** The time limit of each query. A slower query rejects with STORE_TIMEOUT. Default: 10,000. */
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
      const projects = rows.slice(0, limit).map(([id, days, limits, erasing]) => ({
        id: ProjectId.trusted(id),
        ...settingsFromColumns(days, limits ?? '{}'),
        erasing: erasing === 1,
      }));
      return { projects, hasMore: rows.length > limit };
    });
  }

  findSettings(): Promise<readonly SettingsOfProject[]> {
    return queryStore(async () => {
      const rows = await this.#database.queries.submit('projectSettings', undefined, this.#options);
      return rows.map(([project, days, limits]) => ({
        project: ProjectId.trusted(project),
        ...settingsFromColumns(days, limits),
      }));
    });
  }

  changeSettings(project: ProjectId, change: SettingsChange): Promise<ProjectSettings | 'too-many'> {
    return changeStore(() =>
      this.#database.writer.submit('changeSettings', [project, change], this.#options),
    );
  }

  beginErasure(project: ProjectId, now: Timestamp): Promise<Erasure> {
    return changeStore(async () => {
      const erasedAt = await this.#database.writer.submit('beginErasure', [project, now], this.#options);
      return { project, erasedAt: Timestamp.trusted(erasedAt) };
    });
  }

  findErasures(projects: readonly ProjectId[]): Promise<readonly KeptErasure[]> {
    const distinct = [...new Set(projects)];
    return queryStore(async () => {
      // Runs on the log's thread: the consumer calls this before each batch, and must not wait behind the queries of clients.
      const rows = await this.#database.log.submit('erasures', distinct, this.#options);
      return rows.map((row) => ({ ...projectErasureFromRow(row), erasing: row[2] === 1 }));
    });
  }

  findErasing(limit: number): Promise<readonly Erasure[]> {
    return queryStore(async () =>
      (await this.#database.queries.submit('erasing', limit, this.#options)).map(projectErasureFromRow),
    );
  }

  async endErasure({ project, erasedAt }: Erasure): Promise<void> {
    await changeStore(() => this.#database.writer.submit('endErasure', [project, erasedAt], this.#options));
  }

  removeActivities(removal: ActivityRemoval): Promise<RemovedPortion> {
    const { project, createdBefore = null, receivedUpTo = null, limit } = removal;
    return changeStore(async () => {
      let position = portionStart(removal);
      let removed = 0;
      for (const max of jobLimits(limit)) {
        const input = { project, createdBefore, receivedUpTo, after: position, limit: max };
        const options = { ...this.#options, weight: max };
        const output = await this.#database.writer.submit('removeActivities', input, options);
        removed += output.removed;
        position = output.next;
        if (position === null) return { removed, next: undefined };
      }
      return { removed, next: position === null ? undefined : domainPosition(position) };
    });
  }

  measureActivities(measurement: ActivityMeasurement): Promise<MeasuredPortion> {
    const { project, limit } = measurement;
    return queryStore(async () => {
      let position = portionStart(measurement);
      let bytes = 0;
      for (const max of jobLimits(limit)) {
        const input = { project, after: position, limit: max };
        const output = await this.#database.queries.submit('measureActivities', input, this.#options);
        bytes += output.bytes;
        position = output.next;
        if (position === null) return { bytes, next: undefined };
      }
      return { bytes, next: position === null ? undefined : domainPosition(position) };
    });
  }

  removeLetters(project: ProjectId, diedUpTo: Timestamp, limit: number): Promise<number> {
    return changeStore(async () => {
      let removed = 0;
      for (const max of jobLimits(limit)) {
        const options = { ...this.#options, weight: max };
        const input = [project, diedUpTo, max] as const;
        const count = await this.#database.writer.submit('removeProjectLetters', input, options);
        removed += count;
        if (count < max) break;
      }
      return removed;
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

  /** Does nothing, because SQLite cannot remove old rows by itself. Only `removeActivities` removes old activities. */
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

const projectErasureFromRow = ([project, erasedAt]: ErasureRow): Erasure => ({
  project: ProjectId.trusted(project),
  erasedAt: Timestamp.trusted(erasedAt),
});
