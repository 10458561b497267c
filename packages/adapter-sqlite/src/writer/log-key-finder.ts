import type { Prepare } from '../protocol/statements.ts';

const findSql = 'SELECT key FROM logs WHERE id = ?';
const addSql = 'INSERT INTO logs (id) VALUES (?) RETURNING key';

/**
 * Returns a function that looks up the key of a log by its id, and adds the log if it is new. Make a new function for each job: if the
 * job fails, SQLite rolls back its new keys, and another log may get them.
 */
export function logKeyFinder(prepare: Prepare): (log: string) => number {
  const keys = new Map<string, number>();
  return (log) => {
    const known = keys.get(log);
    if (known !== undefined) return known;
    const [row] = prepare(findSql).all(log);
    const key = Number((row ?? prepare(addSql).all(log)[0])?.[0]);
    keys.set(log, key);
    return key;
  };
}
