import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SpoolError } from './spool-error.ts';

/** A lock that lets only this process use a folder. */
export interface FolderLock {
  /** Lets other processes lock the folder. */
  readonly release: () => void;
}

/**
 * Locks a folder for this process. Throws SpoolError if another process has locked it, or if locking fails. The operating system releases
 * the lock when the process ends, even by SIGKILL, so there are no stale locks. Node has no function to lock a file, so this uses a
 * transaction on a SQLite database in the folder.
 */
export function lockFolder(folder: string): FolderLock {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(join(folder, 'lock'));
    database.exec('BEGIN EXCLUSIVE');
    const locked = database;
    return { release: () => locked.close() };
  } catch (error) {
    database?.close();
    throw new SpoolError(lockErrorMessage(folder, error), { cause: error });
  }
}

/** SQLITE_BUSY: another process holds the lock. */
const sqliteBusy = 5;

function lockErrorMessage(folder: string, error: unknown): string {
  // `errcode` is an extended result code. Its lowest 8 bits are the primary code.
  const code: unknown = error instanceof Error && Reflect.get(error, 'errcode');
  return typeof code === 'number' && code % 256 === sqliteBusy
    ? `Another process uses the spool ${folder}: give each process a folder of its own.`
    : `The spool ${folder} could not be locked: ${error instanceof Error ? error.message : String(error)}.`;
}
