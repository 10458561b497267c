import { chmodSync, closeSync, lstatSync, mkdirSync, openSync, type Stats } from 'node:fs';
import { DataFileError } from '../protocol/data-file-error.ts';

const ownerOnly = 0o600;
const groupAndOthers = 0o077;

/** Creates the folder for its owner alone. An existing folder keeps its permissions. */
export function makePrivateFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new DataFileError(
      `The data folder ${folder} can't be created (${codeOf(error)}). Set DATA_DIR to a folder that this process may write to.`,
    );
  }
}

/**
 * Creates the file for its owner alone. Removes the permissions of group and others from an existing file. SQLite creates its
 * other files with the same mode. Throws DataFileError if the file is a symbolic link or can't be created.
 */
export function makePrivateFile(file: string): void {
  if (restrictToOwner(file)) return;
  try {
    closeSync(openSync(file, 'wx', ownerOnly));
  } catch (error) {
    // If another process has just created the file, the lock decides which process may use it.
    if (codeOf(error) !== 'EEXIST' || !restrictToOwner(file))
      throw new DataFileError(
        `${file} can't be created (${codeOf(error)}). Check the folder's permissions and free space.`,
      );
  }
}

/**
 * Removes the permissions of group and others from the file. Returns false if there is no file. Does not open the file: on POSIX
 * systems, closing a file ends all locks of the process on it. Throws DataFileError if the file is a symbolic link or can't be reached.
 */
export function restrictToOwner(file: string): boolean {
  const stats = statsOf(file);
  if (stats === undefined) return false;
  if (stats.isSymbolicLink())
    throw new DataFileError(
      `${file} is a symbolic link, which is not allowed for data files. Replace the link with the file itself, or set DATA_DIR to ` +
        'the folder of the file.',
    );
  if ((stats.mode & groupAndOthers) !== 0) {
    try {
      chmodSync(file, stats.mode & ~groupAndOthers & 0o777);
    } catch (error) {
      // The file belongs to another user, or its file system has no modes: this process can't change it.
      if (!['EPERM', 'ENOTSUP', 'EROFS'].includes(codeOf(error))) throw unreachable(file, error);
    }
  }
  return true;
}

function statsOf(file: string): Stats | undefined {
  try {
    return lstatSync(file, { throwIfNoEntry: false });
  } catch (error) {
    throw unreachable(file, error);
  }
}

const unreachable = (file: string, error: unknown): DataFileError =>
  new DataFileError(
    `The data file ${file} can't be reached (${codeOf(error)}). Allow this process to enter its folder, or set DATA_DIR to a folder that ` +
      'this process may write to.',
  );

const codeOf = (error: unknown): string =>
  String(error instanceof Error ? Reflect.get(error, 'code') : undefined);
