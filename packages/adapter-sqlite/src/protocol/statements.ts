import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite';

/** A row that a query returns: its columns in order. */
export type Row = readonly SQLOutputValue[];

/** A prepared statement. */
interface Statement {
  run(...values: readonly SQLInputValue[]): number;
  all(...values: readonly SQLInputValue[]): readonly Row[];
  iterate(...values: readonly SQLInputValue[]): Iterable<Row>;
}

/** Returns the statement of a fixed SQL text. Each text is kept for good. */
export type Prepare = (sql: string) => Statement;

/** Returns the function that prepares statements on a connection, each once. */
export function preparing(db: DatabaseSync): Prepare {
  const known = new Map<string, Statement>();
  return (sql) => {
    const found = known.get(sql);
    if (found !== undefined) return found;
    const prepared = db.prepare(sql);
    prepared.setReturnArrays(true);
    const statement: Statement = {
      run: (...values) => Number(prepared.run(...values).changes),
      // The types of node:sqlite do not know `setReturnArrays`.
      all: (...values) => prepared.all(...values) as unknown as readonly Row[],
      iterate: (...values) => prepared.iterate(...values) as unknown as Iterable<Row>,
    };
    known.set(sql, statement);
    return statement;
  };
}
