import { chmodSync, closeSync, lstatSync, openSync, type Stats } from 'node:fs';
import { DataFileError } from '../protocol/data-file-error.ts';

const ownerOnly = 0o600;
const groupAndOthers = 0o077;

/**
 * Creates the file for its owner alone if it is missing, else removes the permissions of group and others. SQLite creates the files
 * beside it with the same mode. Throws DataFileError if the file is a symbolic link, or can't be created.
 */
export function makePrivateFile(file: string): void {
  if (tighten(file)) return;
  try {
    closeSync(openSync(file, 'wx', ownerOnly));
  } catch (error) {
    // If another process has just made the file, the lock decides which of the two may use it.
    if (codeOf(error) !== 'EEXIST' || !tighten(file))
      throw new DataFileError(
        `${file} can't be made (${codeOf(error)}). Check the folder's permissions and free space.`,
      );
  }
}

/**
 * Removes the permissions of group and others from the file. Returns false if there is no file. It never opens the file, because
 * closing it would end this process's locks on it. Throws DataFileError if the file is a symbolic link, or can't be reached.
 */
export function tighten(file: string): boolean {
  const found = statsOf(file);
  if (found === undefined) return false;
  if (found.isSymbolicLink())
    throw new DataFileError(
      `${file} is a symbolic link, and data files must be files. Put the file itself there, or choose the folder it lies in.`,
    );
  if ((found.mode & groupAndOthers) !== 0) {
    try {
      chmodSync(file, found.mode & ~groupAndOthers & 0o777);
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
    `The data file ${file} can't be reached (${codeOf(error)}). Let this user enter its folder, or set DATA_DIR to a folder that ` +
      'this user may write to.',
  );

const codeOf = (error: unknown): string =>
  String(error instanceof Error ? Reflect.get(error, 'code') : undefined);
