import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite';

/** What a query gives: its columns by their place. */
export type Row = readonly SQLOutputValue[];

/** A statement that was prepared once. */
interface Statement {
  run(...values: readonly SQLInputValue[]): number;
  all(...values: readonly SQLInputValue[]): readonly Row[];
  iterate(...values: readonly SQLInputValue[]): Iterable<Row>;
}

/** Gives the prepared statement of a text. Only for fixed texts, as it forgets none. */
export type Prepare = (sql: string) => Statement;

export function preparing(db: DatabaseSync): Prepare {
  const known = new Map<string, Statement>();
  return (sql) => {
    const found = known.get(sql);
    if (found !== undefined) return found;
    const prepared = db.prepare(sql);
    prepared.setReturnArrays(true);
    const statement: Statement = {
      run: (...values) => Number(prepared.run(...values).changes),
      // The types of node:sqlite don't know that rows are arrays now.
      all: (...values) => prepared.all(...values) as unknown as readonly Row[],
      iterate: (...values) => prepared.iterate(...values) as unknown as Iterable<Row>,
    };
    known.set(sql, statement);
    return statement;
  };
}
