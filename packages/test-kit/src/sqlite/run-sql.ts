import { DatabaseSync } from 'node:sqlite';

/** Runs one statement on a file that no process has open, and returns its rows. */
export function runSql(file: string, sql: string): readonly unknown[] {
  const database = new DatabaseSync(file);
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}

/** Makes a file with a script of statements. */
export function makeSqliteFile(file: string, script: string): void {
  const database = new DatabaseSync(file);
  try {
    database.exec(script);
  } finally {
    database.close();
  }
}
