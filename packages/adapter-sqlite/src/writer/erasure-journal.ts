import { hash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { ProjectId, projectsOfUser } from '@user-activity/domain';
import { faultFromError, type ThreadSetup } from '../protocol/messages.ts';
import { type Prepare, statementCache } from '../protocol/statements.ts';
import type { KeptErasureRow } from '../protocol/user-erasure-rows.ts';
import { DataFileError } from '../protocol/data-file-error.ts';
import { recordErasureSql } from './user-erasure-jobs.ts';

/** An erasure in the journal. `user` is the digest of the user id, because the journal must not keep the id. */
type JournalRow = readonly [id: string, project: string, user: string, mode: string, requestedAt: number];

const createSql = `CREATE TABLE IF NOT EXISTS erasures (
    id TEXT PRIMARY KEY NOT NULL,
    project TEXT NOT NULL,
    user TEXT NOT NULL,
    mode TEXT NOT NULL,
    requested_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID`;
const addSql = `INSERT INTO erasures (id, project, user, mode, requested_at) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (id) DO NOTHING`;
const allSql = 'SELECT id, project, user, mode, requested_at FROM erasures ORDER BY requested_at, id';

const recordedSql = 'SELECT id, project, user, mode, requested_at FROM user_erasures WHERE user IS NOT NULL';
const isRecordedSql = 'SELECT 1 FROM user_erasures WHERE id = ? AND user IS NOT NULL';
const nextUserSql = `SELECT project, user_id FROM activities INDEXED BY activities_by_user
  WHERE (project, user_id) > (?, ?) ORDER BY project, user_id LIMIT 1`;
const nextKeySql = `SELECT project, key FROM dead_letters INDEXED BY dead_letters_by_key
  WHERE key IS NOT NULL AND (project, key) > (?, ?) ORDER BY project, key LIMIT 1`;

// A restored log may have other records at the old position. Without a position, an erasure covers records by their time of receipt.
const unknownPosition = { log: '', partition: 0, offset: 0, topic: '' };

const utf8 = new TextDecoder();

/**
 * Keeps all erasures of users in a file of their own. If a backup of the data file is restored, the data file and its log lack the erasures
 * since the backup. They are restored from the journal.
 */
export class ErasureJournal {
  readonly #db: DatabaseSync;
  readonly #prepare: Prepare;

  /** Opens the journal. Copies each erasure that only one of the two files has to the other. Throws DataFileError if it can't be used. */
  static open({ erasuresFile, busyTimeoutMs }: ThreadSetup, dataFile: DatabaseSync): ErasureJournal {
    let db: DatabaseSync | undefined;
    try {
      db = new DatabaseSync(erasuresFile, { timeout: busyTimeoutMs });
      db.exec(
        `PRAGMA synchronous = FULL; PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF; ${createSql}`,
      );
      const journal = new ErasureJournal(db);
      journal.#restore(dataFile);
      journal.#copyMissing(dataFile);
      return journal;
    } catch (error) {
      db?.close();
      const { code, text } = faultFromError(error);
      // The error does not come from SQLite, so it is a bug.
      if (code === undefined) throw error;
      throw new DataFileError(
        `The journal of erasures ${erasuresFile} can't be used (SQLite ${code}: ${text}). Check the folder's permissions and free space. ` +
          'If the file is damaged, move it away and start again: the service creates a new journal from the data file. If you restore an older ' +
          'backup after that, send the erasures since that backup again.',
      );
    }
  }

  private constructor(db: DatabaseSync) {
    this.#db = db;
    this.#prepare = statementCache(db);
  }

  /** Adds an erasure, unless the journal has it. The erasure is on the disk when this returns. */
  add([id, project, user, mode, requestedAt]: KeptErasureRow): void {
    this.#prepare(addSql).run(id, project, user, mode, requestedAt);
  }

  /** Adds the erasures that only the data file has: a version without a journal recorded them, or the journal was lost. */
  #copyMissing(dataFile: DatabaseSync): void {
    this.#db.exec('BEGIN IMMEDIATE');
    for (const row of statementCache(dataFile)<JournalRow>(recordedSql).iterate())
      this.#prepare(addSql).run(...row);
    this.#db.exec('COMMIT');
  }

  /** Records the erasures that the data file has lost. If the data file has no data of the user, the erasure is recorded as done. */
  #restore(db: DatabaseSync): void {
    const prepare = statementCache(db);
    const all = this.#prepare<JournalRow>(allSql).iterate();
    const lost: JournalRow[] = [];
    for (const row of all) if (prepare(isRecordedSql).all(row[0]).length === 0) lost.push(row);
    if (lost.length === 0) return;
    const digests = new Set(lost.map(([, , user]) => user));
    const userIds = userIdsByDigest(prepare, digests);
    db.exec('BEGIN IMMEDIATE');
    for (const [id, project, user, mode, requestedAt] of lost) {
      const { log, partition, offset, topic } = unknownPosition;
      const found = projectsOfUser(ProjectId.trusted(project)).map((each) => userIds.get(`${each} ${user}`));
      const userId = found.find((name) => name !== undefined) ?? null;
      const place = [log, partition, offset, topic] as const;
      prepare(recordErasureSql).run(id, project, user, mode, requestedAt, ...place, userId, 0);
    }
    db.exec('COMMIT');
  }

  close(): void {
    this.#db.close();
  }
}

/** Returns the ids of the users with these digests, by project and digest. Finds them in the activities and the keys of dead letters. */
function userIdsByDigest(prepare: Prepare, digests: ReadonlySet<string>): ReadonlyMap<string, string> {
  const userIds = new Map<string, string>();
  const add = (project: string, name: string | Uint8Array): void => {
    const digest = hash('sha256', name, 'base64url');
    if (digests.has(digest))
      userIds.set(`${project} ${digest}`, typeof name === 'string' ? name : utf8.decode(name));
  };
  for (const [sql, first] of [
    [nextUserSql, ''],
    [nextKeySql, new Uint8Array()],
  ] as const) {
    type Subject = readonly [project: string, name: string | Uint8Array];
    let last: Subject | undefined = ['', first];
    while (last !== undefined) {
      last = prepare<Subject>(sql).all(...last)[0];
      if (last !== undefined) add(...last);
    }
  }
  return userIds;
}
