import type { SettledHistory } from '@user-activity/domain';
import type { Prepare } from '../protocol/statements.ts';

/** SQL: the settled offsets of a log, by partition. */
export const settledSql = `SELECT offset FROM settled_offsets WHERE log_key = (SELECT key FROM logs WHERE id = ?)
  ORDER BY partition`;
// The index has only activities with an origin.
const historySql = `SELECT EXISTS (SELECT 1 FROM settled_offsets)
  OR EXISTS (SELECT 1 FROM activities INDEXED BY activities_by_origin WHERE log_key IS NOT NULL), EXISTS (SELECT 1 FROM activities)`;

/** Returns the queries for settled offsets. */
export const settledQueries = (prepare: Prepare) => ({
  /** Returns an empty list if the log has no settled offsets. */
  settled: (log: string): readonly number[] => prepare<readonly [number]>(settledSql).all(log).flat(),
  settledHistory(): SettledHistory {
    const [row] = prepare(historySql).all();
    if (row?.[0] === 1) return 'tracked';
    return row?.[1] === 1 ? 'untracked' : 'empty';
  },
});
