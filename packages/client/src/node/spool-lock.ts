import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SpoolError } from './spool-error.ts';

/** A folder that belongs to this process. */
export interface FolderLock {
  readonly release: () => void;
}

/**
 * Takes a folder for this process. The kernel ends the lock with the process, also after SIGKILL, so no stale lock needs a guess about
 * process ids. Node has no function for locks of files, but its SQLite has. Throws SpoolError if another process has the folder.
 */
export function lockFolder(folder: string): FolderLock {
  const file = new DatabaseSync(join(folder, 'lock'));
  try {
    file.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    file.close();
    throw new SpoolError(`Another process uses the spool ${folder}: give each process a folder of its own.`, {
      cause: error,
    });
  }
  return { release: () => file.close() };
}
