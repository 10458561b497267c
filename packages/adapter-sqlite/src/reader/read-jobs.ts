import { letterJobs } from './letter-jobs.ts';
import { type PageQuery, readPage } from './page-job.ts';
import { settledQueries } from './settled-queries.ts';
import { keyColumns, type KeyRow } from '../protocol/key-rows.ts';
import { type ActivityRow, activityColumns, type Bytes, type LogEntry } from '../protocol/rows.ts';
import { userErasureQueries } from './user-erasure-queries.ts';
import { projectJobs } from './project-jobs.ts';
import type { Prepare } from '../protocol/statements.ts';

/** SQL: the activity with a given key. */
export const activitySql = `SELECT ${activityColumns} FROM activities WHERE id = ?`;
const nextOffsetSql = 'SELECT next_offset FROM groups WHERE name = ?';
const endSql = "SELECT seq + 1 FROM sqlite_sequence WHERE name = 'log'";
const firstOffsetSql = 'SELECT min(offset) FROM log WHERE offset >= ?';
const recordsSql = 'SELECT offset, key, value, headers FROM log WHERE offset >= ? ORDER BY offset LIMIT ?';
const apiKeysSql = `SELECT ${keyColumns} FROM api_keys`;
const pingSql = 'SELECT 1 FROM activities LIMIT 1';

interface RecordsQuery {
  readonly from: number;
  readonly maxRecords: number;
  readonly maxBytes: number;
}

export type ReadJobs = ReturnType<typeof readJobs>;

/** Returns the jobs of the reading threads that run each job in one go, not in steps. */
export function readJobs(prepare: Prepare) {
  const nextOffset = (group: string): number => Number(prepare(nextOffsetSql).all(group)[0]?.[0] ?? 0);
  return {
    ...letterJobs(prepare),
    ...settledQueries(prepare),
    ...projectJobs(prepare),
    ...userErasureQueries(prepare),
    apiKeys: () => prepare<KeyRow>(apiKeysSql).all(),
    page: (query: PageQuery) => readPage(prepare, query),
    /** Returns the stored activities with these keys. */
    activities: (keys: readonly string[]) =>
      keys.flatMap((key) => prepare<ActivityRow>(activitySql).all(key)),
    /** Returns three offsets: of the oldest record, of the first record that the group has not handled, and after the last record. */
    progress(group: string) {
      // The log may be empty after a trim, so the end is read from SQLite's counter.
      const end = Number(prepare(endSql).all()[0]?.[0] ?? 1);
      const firstFrom = (offset: number): number =>
        Number(prepare(firstOffsetSql).all(offset)[0]?.[0] ?? end);
      return { oldest: firstFrom(0), committed: firstFrom(nextOffset(group)), end };
    },
    /** Returns the records from an offset on, within both limits. Returns the first one whatever its size. */
    records({ from, maxRecords, maxBytes }: RecordsQuery) {
      const entries: LogEntry[] = [];
      let bytes = 0;
      for (const entry of prepare<LogEntry>(recordsSql).iterate(from, maxRecords)) {
        bytes += sizeOf(entry[1]) + sizeOf(entry[2]) + sizeOf(entry[3]);
        if (bytes > maxBytes && entries.length > 0) break;
        entries.push(entry);
      }
      return entries;
    },
    ping() {
      prepare(pingSql).all();
    },
  };
}

const sizeOf = (bytes: Bytes): number => bytes?.length ?? 0;
