import type { NewOutboxRow, OutboxRow } from '../protocol/outbox-rows.ts';
import type { Prepare } from '../protocol/statements.ts';

// An entry without a due time is ready.
const addSql = `INSERT INTO outbox (id, activity, received_at, due_at) SELECT ?, ?, ?, ?
  WHERE (SELECT count(*) FROM outbox) < ?`;
const settleSql = 'UPDATE outbox SET activity = ?, due_at = NULL WHERE id = ? AND due_at IS NOT NULL';
const withdrawSql = 'DELETE FROM outbox WHERE id = ? AND due_at IS NOT NULL';
const makeReadySql = 'UPDATE outbox SET due_at = NULL WHERE due_at <= ?';
const readySql = 'SELECT activity FROM outbox WHERE due_at IS NULL ORDER BY received_at, id LIMIT ?';
const removeSql = 'DELETE FROM outbox WHERE id = ?';

/** Returns the jobs of the outbox. They run on the writing thread, because most of them change it. */
export const outboxJobs = (prepare: Prepare) => ({
  /** Returns whether the outbox had space for a pending entry. */
  addToOutbox: ({ id, activity, receivedAt, dueAt, max }: NewOutboxRow): boolean =>
    prepare(addSql).run(id, activity, receivedAt, dueAt, max) === 1,
  /** Returns whether the entry was pending. */
  settleInOutbox: ({ id, activity }: OutboxRow): boolean => prepare(settleSql).run(activity, id) === 1,
  withdrawFromOutbox(id: string) {
    prepare(withdrawSql).run(id);
  },
  /** Makes the entries ready that are due, and returns the JSON of the oldest ready ones. */
  readyInOutbox({ now, limit }: { readonly now: number; readonly limit: number }): readonly string[] {
    prepare(makeReadySql).run(now);
    return prepare<readonly [activity: string]>(readySql)
      .all(limit)
      .map(([activity]) => activity);
  },
  removeFromOutbox(ids: readonly string[]) {
    for (const id of ids) prepare(removeSql).run(id);
  },
});
