import {
  ActivityKeyText,
  DeadLetterId,
  type ErasedUserRecord,
  ErasureId,
  type ErasureLedger,
  ErasureMode,
  type ErasureProgress,
  type KeptUserErasure,
  LogId,
  type OpenErasure,
  type OpenPosition,
  type PlacedErasure,
  ProjectId,
  type RecordedErasure,
  Timestamp,
  UserDigest,
  type UserErasure,
  UserId,
  type UserRemoval,
} from '@user-activity/domain';
import type { CoverInput, KeptErasureRow, OpenRow, UserErasureRow } from '../protocol/user-erasure-rows.ts';
import { changeStore, queryStore } from './failure.ts';
import { originRow } from './letter-row.ts';
import { domainPosition, jobLimits, portionStart } from './job-limits.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

const options = { timeoutMs: 10_000 };
const beforeAll: OpenRow = [-Number.MAX_SAFE_INTEGER, ''];

export class SqliteErasureLedger implements ErasureLedger {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  async announce({ id, project }: UserErasure): Promise<void> {
    await changeStore(() => this.#database.writer.submit('announceErasure', [id, project], options));
  }

  async record(erasure: OpenErasure): Promise<void> {
    await this.keep({ ...erasure, erased: 0 });
  }

  findAll(limit: number, after = ''): Promise<readonly KeptUserErasure[]> {
    return queryStore(async () => {
      const rows = await this.#database.queries.submit('allErasures', { after, limit }, options);
      return rows.map((row) => ({
        ...userErasureFromRow(row),
        userId: row[9] === null ? undefined : UserId.trusted(row[9]),
        erased: row[10],
      }));
    });
  }

  async keep(erasure: KeptUserErasure): Promise<void> {
    await changeStore(() => this.#database.writer.submit('recordErasure', erasureRow(erasure), options));
  }

  find(project: ProjectId, id: ErasureId): Promise<ErasureProgress | undefined> {
    return queryStore(async () => {
      const [row] = await this.#database.queries.submit('erasureProgress', [id, project], options);
      if (row === undefined) return undefined;
      const [user, userId, erased] = row;
      if (user === null) return { id, status: 'accepted', erased };
      return { id, status: userId === null ? 'done' : 'running', erased };
    });
  }

  // Runs on the log's thread: the consumer calls this before each batch, and must not wait behind the queries of clients.
  isEmpty(): Promise<boolean> {
    return queryStore(async () => !(await this.#database.log.submit('hasErasure', undefined, options)));
  }

  findByUsers(users: readonly UserDigest[]): Promise<readonly RecordedErasure[]> {
    return queryStore(async () => {
      // Each erasure is returned once, even if `users` names its user twice.
      const rows = await this.#database.log.submit('erasuresOfUsers', [...new Set(users)], options);
      return rows.map((row) => ({ ...userErasureFromRow(row), isOpen: row[9] !== null }));
    });
  }

  findOpen(limit: number, last?: OpenPosition): Promise<readonly OpenErasure[]> {
    const after: OpenRow = last === undefined ? beforeAll : [last.requestedAt, last.id];
    return queryStore(async () => {
      const rows = await this.#database.queries.submit('openErasures', { after, limit }, options);
      return rows.map((row) => ({ ...userErasureFromRow(row), userId: UserId.trusted(row[9] ?? '') }));
    });
  }

  removeActivities({ erasure, replacement, after, limit }: UserRemoval) {
    const cover = coverInput(erasure, erasure.userId, replacement);
    return changeStore(async () => {
      let position = portionStart({ project: erasure.project, after });
      let removed = 0;
      for (const max of jobLimits(limit)) {
        const input = { cover, after: position, limit: max };
        const output = await this.#database.writer.submit('removeActivitiesOfUser', input, {
          ...options,
          weight: max,
        });
        removed += output.removed;
        position = output.next;
        if (position === null) return { removed, next: undefined };
      }
      return { removed, next: position === null ? undefined : domainPosition(position) };
    });
  }

  removeLetters(erasure: OpenErasure, limit: number): Promise<number> {
    const cover = coverInput(erasure, erasure.userId, undefined);
    return changeStore(async () => {
      let removed = 0;
      for (const max of jobLimits(limit)) {
        const input = { cover, limit: max };
        const count = await this.#database.writer.submit('removeLettersOfUser', input, {
          ...options,
          weight: max,
        });
        removed += count;
        if (count < max) break;
      }
      return removed;
    });
  }

  async removeRecords(
    records: readonly ErasedUserRecord[],
    letterIds: readonly DeadLetterId[],
  ): Promise<void> {
    const covered = records.map((record) => ({
      cover: coverInput(record.erasure, record.userId, record.replacement),
      keys: [ActivityKeyText.of(record)],
    }));
    const letters = letterIds.map((id) => originRow(DeadLetterId.originOf(id)));
    await changeStore(async () => {
      const { writer } = this.#database;
      await writer.submit('removeRecords', covered, { ...options, weight: covered.length });
      await writer.submit('removeLettersAt', letters, { ...options, weight: letters.length });
    });
  }

  async finish(id: ErasureId): Promise<void> {
    await changeStore(() => this.#database.writer.submit('finishErasure', id, options));
  }
}

const erasureRow = ({
  id,
  project,
  user,
  mode,
  requestedAt,
  place: { log, partition, offset },
  topic,
  userId,
  erased,
}: KeptUserErasure): KeptErasureRow => [
  id,
  project,
  user,
  mode,
  requestedAt,
  log,
  partition,
  offset,
  topic,
  userId ?? null,
  erased,
];

function userErasureFromRow(row: UserErasureRow | KeptErasureRow): PlacedErasure {
  const [id, project, user, mode, requestedAt, log, partition, offset, topic] = row;
  return {
    id: ErasureId.trusted(id),
    project: ProjectId.trusted(project),
    user: UserDigest.trusted(user),
    mode: ErasureMode.parse(mode),
    requestedAt: Timestamp.trusted(requestedAt),
    place: { log: LogId.trusted(log), partition, offset },
    topic,
  };
}

const coverInput = (
  { id, project, place, topic, requestedAt }: PlacedErasure,
  userId: UserId,
  replacement: UserId | undefined,
): CoverInput => ({ id, project, userId, ...place, topic, requestedAt, replacement: replacement ?? null });
