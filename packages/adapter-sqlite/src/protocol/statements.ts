import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite';

/** A row that a query returns: its columns in order. */
export type Row = readonly SQLOutputValue[];

/** A prepared statement. */
interface Statement {
  run(...values: readonly SQLInputValue[]): number;
  all(...values: readonly SQLInputValue[]): readonly Row[];
  iterate(...values: readonly SQLInputValue[]): Iterable<Row>;
}

/** Returns the prepared statement of an SQL text. Statements are never removed from the cache, so the set of texts must be fixed. */
export type Prepare = (sql: string) => Statement;

/** Returns a function that prepares statements on a connection, and caches them by their SQL text. */
export function statementCache(db: DatabaseSync): Prepare {
  const statements = new Map<string, Statement>();
  return (sql) => {
    const cached = statements.get(sql);
    if (cached !== undefined) return cached;
    const prepared = db.prepare(sql);
    prepared.setReturnArrays(true);
    const statement: Statement = {
      run: (...values) => Number(prepared.run(...values).changes),
      // The types of node:sqlite do not know `setReturnArrays`.
      all: (...values) => prepared.all(...values) as unknown as readonly Row[],
      iterate: (...values) => prepared.iterate(...values) as unknown as Iterable<Row>,
    };
    statements.set(sql, statement);
    return statement;
  };
}
