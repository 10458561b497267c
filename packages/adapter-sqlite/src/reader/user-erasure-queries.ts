import type { Prepare } from '../protocol/statements.ts';
import type { KeptErasureRow, OpenRow, ProgressRow, UserErasureRow } from '../protocol/user-erasure-rows.ts';

const columns = 'id, project, user, mode, requested_at, log, partition, offset, topic, user_id';
const progressSql = 'SELECT user, user_id, erased FROM user_erasures WHERE id = ? AND project = ?';
/** SQL: whether an erasure of any user is recorded. */
export const hasErasureSql =
  'SELECT 1 FROM user_erasures INDEXED BY user_erasures_by_user WHERE user IS NOT NULL LIMIT 1';
/** SQL: the erasures of a user. */
export const erasuresOfUserSql = `SELECT ${columns} FROM user_erasures INDEXED BY user_erasures_by_user WHERE user = ?`;
/** SQL: the erasures that are not done, the oldest first. */
export const openErasuresSql = `SELECT ${columns} FROM user_erasures INDEXED BY user_erasures_open
  WHERE user_id IS NOT NULL AND (requested_at, id) > (?, ?) ORDER BY requested_at, id LIMIT ?`;

const allErasuresSql = `SELECT ${columns}, erased FROM user_erasures WHERE user IS NOT NULL AND id > ? ORDER BY id LIMIT ?`;

/** Returns the queries for erasures of users. */
export const userErasureQueries = (prepare: Prepare) => ({
  erasureProgress: ([id, project]: readonly [id: string, project: string]) =>
    prepare<ProgressRow>(progressSql).all(id, project),
  hasErasure: () => prepare(hasErasureSql).all().length > 0,
  erasuresOfUsers: (users: readonly string[]) =>
    users.flatMap((user) => prepare<UserErasureRow>(erasuresOfUserSql).all(user)),
  allErasures: ({ after, limit }: { readonly after: string; readonly limit: number }) =>
    prepare<KeptErasureRow>(allErasuresSql).all(after, limit),
  openErasures: ({ after, limit }: { readonly after: OpenRow; readonly limit: number }) =>
    prepare<UserErasureRow>(openErasuresSql).all(...after, limit),
});
