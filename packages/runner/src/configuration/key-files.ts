import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { ConfigurationError } from './configuration-error.ts';

const rootKeyPattern = /^[A-Za-z0-9_-]{43}\n?$/;
/** The pattern of a key: printable ASCII characters except space and comma. */
export const keyPatternSource = '[\\x21-\\x2b\\x2d-\\x7e]+';
const keyPattern = new RegExp(`^${keyPatternSource}$`);

/** Reads the keys in API_KEYS_FILE, separated by commas or line breaks. Throws ConfigurationError if there is no key, or an invalid one. */
export function readKeys(file: string): readonly string[] {
  const keys = readFileOf('API_KEYS_FILE', file)
    .split(/[,\n]/)
    .map((key) => key.trim())
    .filter((key) => key !== '');
  if (keys.length > 0 && keys.every((key) => keyPattern.test(key))) return keys;
  throw new ConfigurationError([
    'API_KEYS_FILE must name a file with at least one key: printable ASCII characters without space, and commas or line breaks between keys',
  ]);
}

/**
 * Reads the key in ROOT_KEY_FILE. If the file does not exist, creates it with a key of 32 random bytes, readable by its owner only, and
 * returns `isNew: true`. Processes that start at the same time get the same key. Removes the permissions of group and others from an
 * existing file. Throws ConfigurationError if the file has no such key, can't be read or created, or stays readable by everyone.
 */
export function openRootKey(file: string): { readonly key: string; readonly isNew: boolean } {
  const isNew = !existsSync(file) && makeRootKey(file);
  const text = readFileOf('ROOT_KEY_FILE', file);
  restrictToOwner(file);
  if (rootKeyPattern.test(text)) return { key: text.trimEnd(), isNew };
  throw new ConfigurationError([
    `ROOT_KEY_FILE must contain a key made by the service: remove ${file} to get a new one, or set API_KEYS`,
  ]);
}

/** Creates the file. Returns false if another process created it first. Uses a hard link, which is atomic and never replaces a file. */
function makeRootKey(file: string): boolean {
  const folder = dirname(file);
  const draftFile = `${file}.${randomBytes(8).toString('hex')}`;
  const key = `${randomBytes(32).toString('base64url')}\n`;
  try {
    const descriptor = openSync(draftFile, 'wx', 0o600);
    try {
      flushAndClose(descriptor, () => writeSync(descriptor, key));
      linkOrCreate(draftFile, file, key);
    } finally {
      rmSync(draftFile);
    }
    flushAndClose(openSync(folder, 'r'));
    return true;
  } catch (error) {
    if (errorCodeOf(error) === 'EEXIST') return false;
    throw new ConfigurationError([
      `ROOT_KEY_FILE can't be made (${errorCodeOf(error)}): let this user write files in the folder ${folder}, or set API_KEYS`,
    ]);
  }
}

// The error codes if a file system has no hard links, or if Linux does not permit the link.
const hardLinkErrorCodes: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** Links the draft to the file name. On file systems without hard links, writes the key to the file: then another process may read half of it. */
function linkOrCreate(draftFile: string, file: string, key: string): void {
  try {
    linkSync(draftFile, file);
  } catch (error) {
    if (!hardLinkErrorCodes.has(errorCodeOf(error))) throw error;
    const descriptor = openSync(file, 'wx', 0o600);
    flushAndClose(descriptor, () => writeSync(descriptor, key));
  }
}

/**
 * Removes the permissions of group and others from the file. If that is impossible, accepts a file that only its owner and its group may
 * use, because an orchestrator may run each start as another user. Throws ConfigurationError if everyone may use the file.
 */
function restrictToOwner(file: string): void {
  const { mode, uid } = statSync(file);
  if ((mode & 0o077) === 0) return;
  try {
    chmodSync(file, 0o600);
  } catch (error) {
    const code = errorCodeOf(error);
    // If the owner can't change the mode, the file system is read-only or has no modes.
    const hasNoModes = uid === process.getuid?.() && code !== 'EROFS';
    if ((mode & 0o007) === 0 || hasNoModes) return;
    throw new ConfigurationError([
      `ROOT_KEY_FILE is readable by everyone, and this user can't change that (${code}): have the owner run chmod 600 ${file}, or set API_KEYS`,
    ]);
  }
}

/** Writes to the file, flushes it to disk, and closes it. */
function flushAndClose(descriptor: number, write?: () => void): void {
  try {
    write?.();
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function readFileOf(variable: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigurationError([
      `${variable} must name a file that this user can read (${errorCodeOf(error)})`,
    ]);
  }
}

function errorCodeOf(error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : String(error);
}
