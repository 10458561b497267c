import { ProjectId, projectsOfUser } from '@user-activity/domain';
import type { Position } from '../protocol/branches.ts';
import type { RemovalOutput } from '../protocol/project-rows.ts';
import type { OriginRow } from '../protocol/rows.ts';
import type { Prepare } from '../protocol/statements.ts';
import type {
  CoveredKeys,
  CoverInput,
  KeptErasureRow,
  UserRemovalInput,
} from '../protocol/user-erasure-rows.ts';

const announceSql = `INSERT INTO user_erasures (id, project, erased) VALUES (?, ?, 0) ON CONFLICT (id) DO NOTHING`;
/**
 * SQL: records an erasure. Also replaces an erasure that was restored from the journal, because its position on the log is not known.
 * Changes nothing if the erasure is recorded with a position.
 */
export const recordErasureSql = `INSERT INTO user_erasures (id, project, user, mode, requested_at, log, partition, offset, topic, user_id, erased)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
  ON CONFLICT (id) DO UPDATE SET project = ?2, user = ?3, mode = ?4, requested_at = ?5, log = ?6, partition = ?7, offset = ?8,
    topic = ?9, user_id = ?10, erased = ?11 WHERE user IS NULL OR log = ''`;
const addErasedSql = 'UPDATE user_erasures SET erased = erased + ? WHERE id = ?';
const finishSql = 'UPDATE user_erasures SET user_id = NULL WHERE id = ?';

/** SQL condition: an erasure covers the activity. Agrees with `isCovered` of the domain. */
const coveredSql = `(log_key IS NULL
  OR (log_key IS (SELECT key FROM logs WHERE id = ?) AND partition = ? AND offset < ?)
  OR (NOT (log_key IS (SELECT key FROM logs WHERE id = ?) AND partition = ?) AND received_at <= ?))`;
const coverValues = ({ log, partition, offset, requestedAt }: CoverInput) => [
  log,
  partition,
  offset,
  log,
  partition,
  requestedAt,
];

const ofUser = `WHERE id = ? AND project = ? AND user_id = ? AND ${coveredSql}`;
const removeSql = `DELETE FROM activities ${ofUser}`;
const anonymiseSql = `UPDATE activities SET user_id = ?, metadata = '{}' ${ofUser}`;

/** SQL: the oldest activities of a user, in one range of one index. */
export const oldestOfUserSql = `SELECT created_at, id FROM activities INDEXED BY activities_by_user
  WHERE project = ? AND user_id = ? AND (created_at, id) > (?, ?) ORDER BY created_at, id LIMIT ?`;

/** SQL: the dead letters of a user that an erasure covers. Agrees with `isLetterCovered` of the domain. */
export const lettersOfUserSql = `SELECT rowid FROM dead_letters INDEXED BY dead_letters_by_key
  WHERE project IN (?, ?) AND key = ?
    AND iif(topic = ? AND partition = ?, offset < ?, died_at <= ?) LIMIT ?`;
const removeLetterSql = 'DELETE FROM dead_letters WHERE rowid = ?';
const removeLetterOfSql = 'DELETE FROM dead_letters WHERE topic = ? AND partition = ? AND offset = ?';

const utf8 = new TextEncoder();

/** Keeps the erasures of users outside the data file. */
export interface Journal {
  add(row: KeptErasureRow): void;
}

/** Returns the jobs of the writing thread for erasures of users. Each job is atomic. */
export function userErasureJobs(prepare: Prepare, journal: Journal) {
  const removeCovered = ({ cover, keys }: CoveredKeys): number => {
    const { project, userId, replacement } = cover;
    let removed = 0;
    for (const key of keys) {
      const values = [key, project, userId, ...coverValues(cover)];
      removed +=
        replacement === null
          ? prepare(removeSql).run(...values)
          : prepare(anonymiseSql).run(replacement, ...values);
    }
    if (removed > 0) prepare(addErasedSql).run(removed, cover.id);
    return removed;
  };
  return {
    announceErasure([id, project]: readonly [id: string, project: string]) {
      prepare(announceSql).run(id, project);
    },
    recordErasure(row: KeptErasureRow) {
      // If the commit fails after this, the caller records the erasure again.
      journal.add(row);
      prepare(recordErasureSql).run(...row);
    },
    removeActivitiesOfUser({ cover, after, limit }: UserRemovalInput): RemovalOutput {
      const [time, key]: Position = after ?? [-Number.MAX_SAFE_INTEGER, ''];
      const { project, userId } = cover;
      const rows = prepare<Position>(oldestOfUserSql).all(project, userId, time, key, limit);
      const removed = removeCovered({ cover, keys: rows.map((row) => row[1]) });
      return { removed, next: rows.length < limit ? null : (rows.at(-1) ?? null) };
    },
    removeLettersOfUser({ cover, limit }: Omit<UserRemovalInput, 'after'>): number {
      const { project, userId, topic, partition, offset, requestedAt } = cover;
      const values = [
        ...projectsOfUser(ProjectId.trusted(project)),
        utf8.encode(userId),
        topic,
        partition,
        offset,
        requestedAt,
        limit,
      ];
      const due = prepare<readonly [number]>(lettersOfUserSql).all(...values);
      for (const [rowId] of due) prepare(removeLetterSql).run(rowId);
      return due.length;
    },
    removeRecords(covered: readonly CoveredKeys[]) {
      for (const keys of covered) removeCovered(keys);
    },
    removeLettersAt(letters: readonly OriginRow[]) {
      for (const letter of letters) prepare(removeLetterOfSql).run(...letter);
    },
    finishErasure(id: string) {
      prepare(finishSql).run(id);
    },
  };
}
