import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite';

/** A prepared statement. A row is an array of columns. */
export interface Statement<Row> {
  /** Returns the number of changed rows. */
  run(...values: readonly SQLInputValue[]): number;
  all(...values: readonly SQLInputValue[]): readonly Row[];
  iterate(...values: readonly SQLInputValue[]): Iterable<Row>;
}

/**
 * Returns the prepared statement of an SQL text, with the row type that the caller states. Use a bounded number of different texts,
 * because every statement stays in the cache.
 */
export type Prepare = <Row = readonly SQLOutputValue[]>(sql: string) => Statement<Row>;

/** Returns a `Prepare` for a connection, with a cache of its own. */
export function statementCache(db: DatabaseSync): Prepare {
  const statements = new Map<string, Statement<unknown>>();
  return <Row>(sql: string) => {
    const cached = statements.get(sql);
    if (cached !== undefined) return cached as Statement<Row>;
    const prepared = db.prepare(sql);
    prepared.setReturnArrays(true);
    // The casts are needed because the types of node:sqlite do not know `setReturnArrays`.
    const statement: Statement<Row> = {
      run: (...values) => Number(prepared.run(...values).changes),
      all: (...values) => prepared.all(...values) as unknown as readonly Row[],
      iterate: (...values) => prepared.iterate(...values) as unknown as Iterable<Row>,
    };
    statements.set(sql, statement);
    return statement;
  };
}
