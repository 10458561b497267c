import { dueLetters, edgeTopic, type LetterSweep, type SweepLimits } from '@user-activity/domain';
import type { Prepare } from '../protocol/statements.ts';

/** SQL: the total size in bytes of the dead letters of the edge (of refused requests). It reads only an index. */
export const edgeBytesSql = `SELECT coalesce(sum(size), 0) FROM dead_letters INDEXED BY dead_letters_of_edge
  WHERE topic = '${edgeTopic}'`;

/** SQL: the oldest dead letters of the edge (of refused requests). It reads only an index. */
export const oldestOfEdgeSql = `SELECT rowid, died_at, size FROM dead_letters INDEXED BY dead_letters_of_edge
  WHERE topic = '${edgeTopic}' ORDER BY died_at LIMIT ?`;

/** SQL: the oldest dead letters of the log that died before a time. */
export const oldestOfLogSql = `SELECT rowid FROM dead_letters INDEXED BY dead_letters_of_log
  WHERE topic <> '${edgeTopic}' AND died_at < ? ORDER BY died_at LIMIT ?`;

const removeSql = 'DELETE FROM dead_letters WHERE rowid = ?';

/** Removes the dead letters that exceed the limits, in all projects. */
export function sweep(prepare: Prepare, limits: SweepLimits): LetterSweep {
  const bytes = Number(prepare(edgeBytesSql).all()[0]?.[0]);
  const oldest = prepare<readonly [number, number, number]>(oldestOfEdgeSql)
    .all(limits.limit)
    .map(([rowId, diedAt, size]) => ({ rowId, diedAt, bytes: size }));
  const { due, ...swept } = dueLetters(oldest, bytes, limits);
  const ofLog =
    limits.logBefore === undefined
      ? []
      : prepare<readonly [number]>(oldestOfLogSql).all(limits.logBefore, limits.limit - due.length);
  for (const rowId of [...due.map((letter) => letter.rowId), ...ofLog.flat()]) prepare(removeSql).run(rowId);
  return { ...swept, expired: swept.expired + ofLog.length };
}
