import { maxAccessKeys } from '@user-activity/domain';
import { keyColumns, type KeyRow } from '../protocol/key-rows.ts';
import type { Prepare } from '../protocol/statements.ts';

const isKnownSql = 'SELECT 1 FROM api_keys WHERE id = ?';
const countSql = 'SELECT count(*) FROM api_keys';
// Removes the key that `AccessKey.firstEnded` of the domain would choose.
const removeFirstEndedSql = `DELETE FROM api_keys WHERE id = (
  SELECT id FROM api_keys WHERE revoked_at IS NOT NULL OR expires_at <= ?
    ORDER BY min(coalesce(expires_at, revoked_at), coalesce(revoked_at, expires_at)) LIMIT 1)`;
const addSql = `INSERT INTO api_keys (${keyColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const replaceSql = `UPDATE api_keys SET (${keyColumns}) = (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
  WHERE id = ?1 AND revision = ?11 - 1`;

/** Returns the jobs that change API keys. */
export const keyJobs = (prepare: Prepare) => ({
  /**
   * Adds a key. If there are too many keys, removes the one that expired or was revoked first. `now` decides which keys have expired.
   * Returns 'too-many' if all keys are valid.
   */
  addKey({ row, now }: { readonly row: KeyRow; readonly now: number }): 'added' | 'exists' | 'too-many' {
    if (prepare(isKnownSql).all(row[0]).length > 0) return 'exists';
    const count = Number(prepare(countSql).all()[0]?.[0]);
    if (count >= maxAccessKeys && prepare(removeFirstEndedSql).run(now) === 0) return 'too-many';
    prepare(addSql).run(...row);
    return 'added';
  },
  /** Replaces a key. Changes nothing and returns false unless the revision of the stored key is one lower than that of the new key. */
  replaceKey: (row: KeyRow): boolean => prepare(replaceSql).run(...row) === 1,
});
