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

/** Returns the jobs of the outbox. They run on the writing thread, because they change the outbox. */
export const outboxJobs = (prepare: Prepare) => ({
  /** Adds a pending entry. Returns false if the outbox is full. */
  addToOutbox: ({ id, activity, receivedAt, dueAt, max }: NewOutboxRow): boolean =>
    prepare(addSql).run(id, activity, receivedAt, dueAt, max) === 1,
  /** Replaces the activity of a pending entry and makes the entry ready. Returns false if the entry is not pending. */
  settleInOutbox: ({ id, activity }: OutboxRow): boolean => prepare(settleSql).run(activity, id) === 1,
  withdrawFromOutbox(id: string) {
    prepare(withdrawSql).run(id);
  },
  /** Makes the due entries ready. Returns the activities of the oldest ready entries, as JSON. */
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
