import type { SettledStep } from '@user-activity/domain';
import type { Prepare } from '../protocol/statements.ts';
import { logKeyFinder } from './log-key-finder.ts';

const isKnownSql = 'SELECT 1 FROM settled_offsets WHERE log_key = ? LIMIT 1';
const beginSql = 'INSERT INTO settled_offsets (log_key, partition, offset) VALUES (?, ?, ?)';
/** SQL: raises the settled offset of a partition to the first parameter. Changes nothing if it is below the last parameter. */
export const settleSql = `UPDATE settled_offsets SET offset = max(offset, ?)
  WHERE log_key = (SELECT key FROM logs WHERE id = ?) AND partition = ? AND offset >= ?`;

/** Returns the jobs that change settled offsets. */
export const settledJobs = (prepare: Prepare) => ({
  /** Sets the first settled offset of each partition of a log. Does nothing if the log has settled offsets. */
  beginSettling({ log, offsets }: { readonly log: string; readonly offsets: readonly number[] }) {
    const key = logKeyFinder(prepare)(log);
    if (prepare(isKnownSql).all(key).length > 0) return;
    for (const [partition, offset] of offsets.entries()) prepare(beginSql).run(key, partition, offset);
  },
  /** Raises the settled offset of a partition to `to`. Changes nothing and returns false if the offset is below `from`. */
  settle: ({ log, partition, from, to }: SettledStep) =>
    prepare(settleSql).run(to, log, partition, from) === 1,
});
