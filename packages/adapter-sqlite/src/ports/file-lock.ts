import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DataFileError } from '../protocol/data-file-error.ts';
import { makePrivateFile, tighten } from './private-file.ts';
import { faultOf } from '../protocol/messages.ts';

/**
 * Keeps other processes, and other handles of this process, away from the data. It is a lock of the operating system on a file of
 * its own, taken through SQLite. It ends with the process, however that ends, so no stale lock stays behind.
 */
export class FileLock {
  readonly #db: DatabaseSync;

  private constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** Takes the lock, and creates the folder if it is missing. Throws DataFileError at once if the lock is taken. */
  static take(folder: string): FileLock {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    } catch (error) {
      const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
      throw new DataFileError(
        `The data folder ${folder} can't be made (${String(code)}). Set DATA_DIR to a folder that this user may write to.`,
      );
    }
    const file = join(folder, 'user-activity.lock');
    makePrivateFile(file);
    tighten(`${file}-journal`);
    let db: DatabaseSync | undefined;
    try {
      db = new DatabaseSync(file, { timeout: 0 });
      db.exec('BEGIN EXCLUSIVE');
      return new FileLock(db);
    } catch (error) {
      db?.close();
      throw refusal(folder, error);
    }
  }

  release(): void {
    if (this.#db.isOpen) this.#db.close();
  }
}

function refusal(folder: string, error: unknown): unknown {
  const { code, text } = faultOf(error);
  if (code === undefined) return error;
  if ((code & 0xff) === 5) {
    return new DataFileError(
      `The data folder ${folder} is in use by another process; stop that one or set DATA_DIR to another folder.`,
    );
  }
  return new DataFileError(
    `The data folder ${folder} can't be locked (SQLite ${code}: ${text}). Check its permissions and free space, or set DATA_DIR.`,
  );
}
