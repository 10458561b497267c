import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite';

type Columns = readonly SQLOutputValue[];

/** A prepared statement. A row is the array of its columns; the caller states the type of the row. */
interface Statement {
  /** Returns the number of changed rows. */
  run(...values: readonly SQLInputValue[]): number;
  all<Row = Columns>(...values: readonly SQLInputValue[]): readonly Row[];
  iterate<Row = Columns>(...values: readonly SQLInputValue[]): Iterable<Row>;
}

/** Returns the prepared statement of an SQL text. The number of texts must be bounded, because every statement stays in memory. */
export type Prepare = (sql: string) => Statement;

export function statementCache(db: DatabaseSync): Prepare {
  const statements = new Map<string, Statement>();
  return (sql) => {
    const cached = statements.get(sql);
    if (cached !== undefined) return cached;
    const prepared = db.prepare(sql);
    prepared.setReturnArrays(true);
    // The casts are needed because the types of node:sqlite do not know `setReturnArrays`.
    const statement: Statement = {
      run: (...values) => Number(prepared.run(...values).changes),
      all: <Row>(...values: readonly SQLInputValue[]) => prepared.all(...values) as unknown as readonly Row[],
      iterate: <Row>(...values: readonly SQLInputValue[]) =>
        prepared.iterate(...values) as unknown as Iterable<Row>,
    };
    statements.set(sql, statement);
    return statement;
  };
}
