import type { SweepLimits } from '@user-activity/domain';
import {
  type ActivityRow,
  activityColumns,
  insertedColumns,
  letterColumns,
  type LetterRow,
  type LogRow,
  type OriginRow,
  type TopicRow,
} from '../protocol/rows.ts';
import type { Prepare } from '../protocol/statements.ts';
import { keyJobs } from './key-jobs.ts';
import { outboxJobs } from './outbox-jobs.ts';
import { logKeyFinder } from './log-key-finder.ts';
import { registerTopic } from './register-topic.ts';
import { settledJobs } from './settled-jobs.ts';
import { projectJobs } from './project-jobs.ts';
import { type Journal, userErasureJobs } from './user-erasure-jobs.ts';
import { sweep } from './sweep-job.ts';

// Limits the duration of a commit. Later commits delete the remaining records.
const maxTrimmedRecords = 5000;

const appendSql = 'INSERT INTO log (key, value, headers) VALUES (?, ?, ?)';
const lastOffsetSql = 'SELECT last_insert_rowid()';
const insertSql = `INSERT INTO activities (${insertedColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO NOTHING`;
const replaceOriginSql = `UPDATE activities SET log_key = ?1, partition = ?2, offset = ?3
  WHERE id = ?4 AND (log_key IS NULL OR (log_key = ?1 AND partition = ?2 AND offset > ?3))`;
const selectSql = `SELECT ${activityColumns} FROM activities WHERE id = ?`;
const addLetterSql = `INSERT OR REPLACE INTO dead_letters (${letterColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const removeLetterSql =
  'DELETE FROM dead_letters WHERE topic = ? AND partition = ? AND offset = ? AND died_at = ?';
const joinSql = `INSERT INTO groups (name, next_offset) VALUES (?, (SELECT coalesce(min(offset), 0) FROM log))
  ON CONFLICT (name) DO NOTHING`;
const commitSql = 'UPDATE groups SET next_offset = ? WHERE name = ?';
const trimSql = `DELETE FROM log
  WHERE offset < min((SELECT min(next_offset) FROM groups), (SELECT max(offset) FROM log) + 1 - ?)
    AND offset < (SELECT min(offset) FROM log) + ${maxTrimmedRecords}`;
const beatSql = 'UPDATE heartbeat SET beats = beats + 1';

export type WriteJobs = ReturnType<typeof writeJobs>;

/** Returns the jobs of the writing thread. Each job is atomic. */
export function writeJobs(prepare: Prepare, retainedRecords: number, journal: Journal) {
  return {
    ...projectJobs(prepare),
    ...userErasureJobs(prepare, journal),
    ...keyJobs(prepare),
    ...outboxJobs(prepare),
    /** Appends records to the log, at consecutive offsets. Returns the offset of the last one. */
    append(rows: readonly LogRow[]): number {
      const insert = prepare(appendSql);
      for (const row of rows) insert.run(...row);
      return Number(prepare(lastOffsetSql).all()[0]?.[0]);
    },
    /** Stores the new activities. Returns null for each of them, and the stored activity for each key that exists. */
    save(rows: readonly ActivityRow[]) {
      const keyOfLog = logKeyFinder(prepare);
      const insert = prepare(insertSql);
      return rows.map((row) => {
        const [key, userId, type, metadata, createdAt, receivedAt, project, log, partition, offset] = row;
        const logKey = log === null ? null : keyOfLog(log);
        const values = [
          key,
          userId,
          type,
          metadata,
          createdAt,
          receivedAt,
          project,
          logKey,
          partition,
          offset,
        ];
        return insert.run(...values) === 1 ? null : (prepare<ActivityRow>(selectSql).all(key)[0] ?? null);
      });
    },
    /** Sets the origin of each activity that has none, or a later one of the same log and partition. See `replacesOrigin` of the domain. */
    replaceOrigins(
      origins: readonly (readonly [key: string, log: string, partition: number, offset: number])[],
    ) {
      const keyOfLog = logKeyFinder(prepare);
      for (const [key, log, partition, offset] of origins)
        prepare(replaceOriginSql).run(keyOfLog(log), partition, offset, key);
    },
    addLetters(letters: readonly LetterRow[]) {
      for (const letter of letters) prepare(addLetterSql).run(...letter);
    },
    /** Removes dead letters. Keeps a dead letter if a later one of the same record has replaced it since `diedAt`. */
    removeLetters(letters: readonly (readonly [...origin: OriginRow, diedAt: number])[]) {
      for (const letter of letters) prepare(removeLetterSql).run(...letter);
    },
    sweep: (limits: SweepLimits) => sweep(prepare, limits),
    registerTopic: (topic: TopicRow) => registerTopic(prepare, topic),
    ...settledJobs(prepare),
    /** Registers a consumer group. A new group starts at the oldest record. */
    join(group: string) {
      prepare(joinSql).run(group);
    },
    /** Stores the next offset of a group. Deletes records that all groups have handled, except the latest ones. */
    commit({ group, next }: { readonly group: string; readonly next: number }) {
      prepare(commitSql).run(next, group);
      prepare(trimSql).run(retainedRecords);
    },
    /** Fails if a record can't be appended. */
    probe() {
      // A full disk fails the append, because the record needs new pages. The heartbeat makes the commit write to the disk.
      prepare('SAVEPOINT probe').run();
      prepare(appendSql).run(null, new Uint8Array(8192), null);
      prepare('ROLLBACK TO probe').run();
      prepare('RELEASE probe').run();
      prepare(beatSql).run();
    },
  };
}
