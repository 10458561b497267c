import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SpoolError } from './spool-error.ts';

/** A folder that belongs to this process. */
export interface FolderLock {
  readonly release: () => void;
}

/**
 * Takes a folder for this process. The kernel ends the lock with the process, also after SIGKILL, so no stale lock needs a guess about
 * process ids. Node has no function for locks of files, but its SQLite has. Throws SpoolError if another process has the folder, or if it
 * cannot be locked.
 */
export function lockFolder(folder: string): FolderLock {
  let file: DatabaseSync | undefined;
  try {
    file = new DatabaseSync(join(folder, 'lock'));
    file.exec('BEGIN EXCLUSIVE');
    const lock = file;
    return { release: () => lock.close() };
  } catch (error) {
    file?.close();
    throw new SpoolError(faultIn(folder, error), { cause: error });
  }
}

/** The code of SQLite for a lock of another process. */
const busy = 5;

function faultIn(folder: string, error: unknown): string {
  // The higher bits of a code say more about it.
  const code: unknown = error instanceof Error && Reflect.get(error, 'errcode');
  return typeof code === 'number' && code % 256 === busy
    ? `Another process uses the spool ${folder}: give each process a folder of its own.`
    : `The spool ${folder} could not be locked: ${error instanceof Error ? error.message : String(error)}.`;
}
