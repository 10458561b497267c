import { DatabaseSync } from 'node:sqlite';

/** Runs one SQL statement on a SQLite file, and returns its rows. Waits up to 5 s for the locks of other processes. */
export function runSql(file: string, sql: string): readonly unknown[] {
  const database = new DatabaseSync(file, { timeout: 5000 });
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}

/** Creates a SQLite file by running a script of SQL statements. */
export function makeSqliteFile(file: string, script: string): void {
  const database = new DatabaseSync(file);
  try {
    database.exec(script);
  } finally {
    database.close();
  }
}
