import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DataFileError } from '../protocol/data-file-error.ts';
import { makePrivateFile, makePrivateFolder, restrictToOwner } from './private-file.ts';
import { faultFromError } from '../protocol/messages.ts';

// SQLITE_BUSY: another connection holds the lock (https://www.sqlite.org/rescode.html#busy).
const busyCode = 5;

/**
 * An exclusive lock on the data folder. It excludes other processes, and also a second FileLock in this process. SQLite locks a separate
 * file through the operating system. So the lock ends with the process, and does not remain after a crash.
 */
export class FileLock {
  readonly #db: DatabaseSync;

  private constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** Creates the folder if it is missing. Throws DataFileError at once if the folder is locked or can't be created. */
  static take(folder: string): FileLock {
    makePrivateFolder(folder);
    const file = join(folder, 'user-activity.lock');
    makePrivateFile(file);
    restrictToOwner(`${file}-journal`);
    let db: DatabaseSync | undefined;
    try {
      db = new DatabaseSync(file, { timeout: 0 });
      db.exec('BEGIN EXCLUSIVE');
      return new FileLock(db);
    } catch (error) {
      db?.close();
      throw lockError(folder, error);
    }
  }

  release(): void {
    if (this.#db.isOpen) this.#db.close();
  }
}

function lockError(folder: string, error: unknown): unknown {
  const { code, text } = faultFromError(error);
  if (code === undefined) return error;
  if ((code & 0xff) === busyCode)
    return new DataFileError(
      `The data folder ${folder} is in use by another process. Stop that process, or set DATA_DIR to another folder.`,
    );
  return new DataFileError(
    `The data folder ${folder} can't be locked (SQLite ${code}: ${text}). Check its permissions and free space, or set DATA_DIR.`,
  );
}
