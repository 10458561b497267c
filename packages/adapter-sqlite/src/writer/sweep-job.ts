import { dueLetters, edgeTopic, type LetterSweep, type SweepLimits } from '@user-activity/domain';
import type { Prepare } from '../protocol/statements.ts';

/** SQL: the bytes of all dead letters of the edge. It reads only an index. */
export const edgeBytesSql: string = `SELECT coalesce(sum(size), 0) FROM dead_letters INDEXED BY dead_letters_of_edge
  WHERE topic = '${edgeTopic}'`;

/** SQL: the oldest dead letters of the edge. It reads only an index. */
export const oldestOfEdgeSql: string = `SELECT rowid, died_at, size FROM dead_letters INDEXED BY dead_letters_of_edge
  WHERE topic = '${edgeTopic}' ORDER BY died_at LIMIT ?`;

/** SQL: the oldest dead letters of the log that died before a time. */
export const oldestOfLogSql: string = `SELECT rowid FROM dead_letters INDEXED BY dead_letters_by_time
  WHERE died_at < ? AND id NOT GLOB '${edgeTopic}:*' ORDER BY died_at, id LIMIT ?`;

const remove = 'DELETE FROM dead_letters WHERE rowid = ?';

/** Removes the dead letters that are due. */
export function sweep(prepare: Prepare, limits: SweepLimits): LetterSweep {
  const bytes = Number(prepare(edgeBytesSql).all()[0]?.[0]);
  const oldest = prepare(oldestOfEdgeSql)
    .all(limits.limit)
    .map(([row, diedAt, size]) => ({ row: Number(row), diedAt: Number(diedAt), bytes: Number(size) }));
  const { due, ...swept } = dueLetters(oldest, bytes, limits);
  const ofLog =
    limits.logBefore === undefined
      ? []
      : prepare(oldestOfLogSql).all(limits.logBefore, limits.limit - due.length);
  for (const row of [...due.map((letter) => letter.row), ...ofLog.map(([rowid]) => Number(rowid))])
    prepare(remove).run(row);
  return { ...swept, expired: swept.expired + ofLog.length };
}
